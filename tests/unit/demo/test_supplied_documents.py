"""`--documents`: what a text in the folder is called, and whose it is."""

from datetime import date
from pathlib import Path

import pytest

from gongkai.contracts.errors import UserError
from gongkai.demo.supplied_documents import KNOWN, SuppliedDocument, read_folder

TODAY = date(2025, 1, 2)


def of(folder: Path, name: str, text: str) -> SuppliedDocument:
    (folder / name).write_bytes(text.encode())
    (paper,) = read_folder(folder, TODAY)
    return paper


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "朗读\n区政府各部门:\n《示例区公开制度》已经同意,现印发。\n示例区公开工作制度\n一、总则",
            "示例区公开工作制度",
        ),
        ("称: 示例市公开工作制度\n\n示例市公开工作制度\n第一条 为了公开", "示例市公开工作制度"),
        ("# 示例信息公开条例\n\n第一条 为了公开", "示例信息公开条例"),
        ("惠民政務公開動態擴展規程\n為進一步", "惠民政務公開動態擴展規程"),
        ("索引号 | a | |\n信息公开制度汇编\n主动公开工作制度\n一、", "信息公开制度汇编"),
        ("没有标题的一段话。", "somewhere"),
    ],
)
def test_the_title_is_the_first_heading_that_names_a_rule(tmp_path: Path, text: str, title: str) -> None:
    assert of(tmp_path, "somewhere.txt", text).title == title


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("示例制度\n2020年6月30日\n", date(2020, 6, 30)),
        ("2007年4月5日 公布\n2019年4月3日 修订\n2019年5月15日 施行\n", date(2019, 4, 3)),
        ("发布时间:2021-08-04 13:32\n", date(2021, 8, 4)),
        ("2020年13月45日\n", TODAY),
        ("2031年1月1日\n", TODAY),
        ("", TODAY),
    ],
)
def test_the_date_is_the_last_in_the_head(tmp_path: Path, head: str, day: date) -> None:
    text = f"{head}第一条 为了公开\n1999年1月1日\n"
    assert of(tmp_path, "a.txt", text).formed_on == day


def test_a_number_is_taken_where_one_stands_alone(tmp_path: Path) -> None:
    assert of(tmp_path, "a.txt", "惠府辦函〔2018〕157號\n各縣:\n").number == "惠府辦函〔2018〕157號"
    assert of(tmp_path, "a.txt", "依据（示办〔2016〕8号），制定\n").number is None


def test_bytes_stay_as_they_are(tmp_path: Path) -> None:
    text = "\ufeff示例制度\r\n第一条\t为了公开  \r\n\r\n"
    assert of(tmp_path, "a.txt", text).content == text.encode()


def test_a_regulation_is_its_agencys(tmp_path: Path) -> None:
    paper = of(tmp_path, "lieshan-2021.txt", "烈山区制度\n第一条\n")
    assert (paper.agency.name, paper.agency.jurisdiction) == ("烈山区发展和改革委员会", "ls")


def test_beside_regulations_nothing_else_is_taken(tmp_path: Path) -> None:
    for name in ("order711.md", "differences.md", "requirements.yaml"):
        (tmp_path / name).write_text("# 条例\n")
    assert [paper.file for paper in read_folder(tmp_path, TODAY)] == ["order711.md"]


def test_any_other_text_is_the_archives(tmp_path: Path) -> None:
    (tmp_path / "一份 文件.md").write_text("你好")
    (tmp_path / "Notes (2).txt").write_text("你好")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    papers = read_folder(tmp_path, TODAY)
    assert {paper.agency.name for paper in papers} == {"示例区资料中心"}
    assert {paper.media_type for paper in papers} == {"text/plain", "text/markdown"}
    assert len({paper.document for paper in papers}) == 2


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\x00"])
def test_what_is_no_text_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.txt").write_bytes(content)
    with pytest.raises(UserError, match=r"broken\.txt"):
        read_folder(tmp_path, TODAY)


def test_a_folder_without_texts_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no \.txt or \.md"):
        read_folder(tmp_path, TODAY)
    with pytest.raises(UserError, match="can't be read"):
        read_folder(tmp_path / "nowhere", TODAY)


def test_two_files_of_one_name_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一")
    (tmp_path / "a.md").write_text("二")
    with pytest.raises(UserError, match=r"a\.txt"):
        read_folder(tmp_path, TODAY)


def test_each_known_text_has_an_agency_of_its_own() -> None:
    assert len({agency.id for agency in KNOWN.values()}) == len(KNOWN)

"""What the ingress itself refuses, in words: code, clause, a sentence in both languages. The rules are the aggregates'."""

from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.ingress import DATA
from gongkai.intake.ingress.input_errors import bad_input


def unknown_type() -> BadInput:
    return bad_input(
        "unknown-type",
        f"不认识的事件类型。可报送：{'、'.join(DATA)}。",
        f"Unknown type of event. There are: {', '.join(DATA)}.",
        "/type",
    )


def no_text() -> BadInput:
    return bad_input(
        "no-text",
        "请在 text 中给出正文，或在 digest 中给出已上传正文的摘要，二者取一。",
        "Give either the text itself (text) or the digest of one that you uploaded (digest).",
        "/text",
    )


def sealed_twice(field: str) -> BadInput:
    return bad_input(
        "sealed-twice",
        f"{field} 已在 sealed 中加密，不应再以明文给出。",
        f"{field} is in sealed already: leave it out here.",
        f"/data/{field}",
    )


def cannot_be_decrypted() -> BadInput:
    return bad_input(
        "sealed",
        "sealed 无法解开，或不属于本事件。请用 GET /v1/keys 的公钥加密，并写入本事件的 source 与 id。",
        "sealed can't be opened, or is not this event's. Encrypt to a key of GET /v1/keys, with its source and id.",
        "/data/sealed",
    )


def personal_in_clear(field: str) -> Refused:
    says = Sentence(
        f"经 Kafka 报送的个人信息须加密：请将 {field} 放入 sealed。本系统未保存该内容。",
        f"Personal data comes over Kafka encrypted only: put {field} into sealed. It was not kept.",
    )
    return Refused("ingress.personal-in-clear", "GT-register", says, field=f"/data/{field}")


def no_application() -> BadInput:
    says = Sentence("本单位没有这件申请。", "Your unit has no such application.")
    return BadInput("application.unknown", says, "/application", "GT-register", 404)


# -- who hands in, and what was handed in before


def not_a_system() -> Refused:
    says = Sentence(
        "此接口供各单位的业务系统使用，请用业务系统的密钥取得令牌。",
        "This door is for agencies' systems: get a token with a system's key.",
    )
    return Refused("ingress.not-a-system", "SC-1.1", says, status=403)


def other_unit(unit: str) -> Refused:
    says = Sentence(
        f"该业务系统只能代表“{unit}”报送。", f"This system speaks for “{unit}” and for no other unit."
    )
    return Refused("ingress.other-unit", "SC-1.1", says, field="/data/unit", status=403)


def not_registered(system: str) -> Refused:
    says = Sentence(
        f"系统“{system}”未登记或已停用。请联系名录管理员。",
        f"The system {system} is not registered, or was retired. Please ask the registrar.",
    )
    return Refused("ingress.not-registered", "SC-1.1", says, status=403)


def id_reused() -> BadInput:
    return bad_input(
        "id-reused",
        "该 source 与 id 已用于另一内容的事件，原事件不变。新事件请用新的 id。",
        "An event with other content has this source and id, and stands. A new event needs a new id.",
        "/id",
        409,
    )


def for_persons() -> Refused:
    says = Sentence(
        "更正后重报由工作人员在控制台办理；业务系统请直接重新报送。",
        "Mending is for officers at the console; a system just hands the event in again.",
    )
    return Refused("ingress.for-persons", "SC-1.1", says, status=403)


def not_refused() -> BadInput:
    return bad_input(
        "not-refused", "该事件已被接收，无须更正。", "This event was accepted: nothing to mend.", status=409
    )


def unknown() -> BadInput:
    return bad_input("unknown", "没有报送过该事件。", "No such event was handed in.", status=404)


def not_unpacked() -> BadInput:
    return bad_input(
        "not-unpacked",
        "该 Kafka 消息无法解开（如消息头名称不是 UTF-8、压缩方式不认识或内容损坏），同批写入的后续消息也可能如此。"
        "请更正后重新报送。",
        "This Kafka message can't be unpacked (as a header's name that isn't UTF-8, an unknown compression, or damage),"
        " and those after it in the same producer batch may not be either. Mend it and send again.",
        status=400,
    )


def unexpected() -> BadInput:
    return bad_input(
        "unexpected",
        "处理该事件时出现意外错误，已记录。请联系系统管理员。",
        "An unexpected error on this event; it was logged. Please tell the operator.",
        status=500,
    )

"""Texts for the demo: titles, summaries and bodies put together from sentences written for this project."""

from random import Random
from typing import Final

from gongkai.demo.unit import Unit

SHORTEST, LONGEST = 300, 1500  # characters of a body

KINDS: Final = (
    "通知",
    "实施方案",
    "工作要点",
    "通告",
    "公告",
    "工作规程",
    "情况通报",
    "办事指南",
    "年度计划",
    "意见",
)
INFORMAL: Final = ("情况通报", "办事指南")  # 非公文类: they have no number

_OPENING: Final = (
    "为做好{matter}工作，回应群众关切，结合本区实际，现就有关事项明确如下。",
    "根据年度工作安排，{unit}对{matter}作了研究，现将有关内容公布如下。",
    "{matter}与居民日常生活关系密切。为使办理过程公开、结果可查，特制定本{kind}。",
    "近期，{unit}收到部分居民对{matter}的意见建议，经汇总研究，形成以下安排。",
)
_AIMS: Final = (
    "工作中坚持便民利民、公开透明、分步实施，先解决群众反映集中的问题。",
    "各有关单位应当把{matter}列入本年度重点工作，明确专人负责，按时间节点推进。",
    "凡能一次告知的不让群众跑第二趟，凡能线上办理的同步保留线下窗口。",
    "对工作基础较弱的片区，安排人员上门指导，确保不漏一户、不落一人。",
    "坚持问题导向，建立问题清单、责任清单和完成时限，逐项销号。",
    "所需经费从部门预算中统筹解决，任何单位不得向群众摊派。",
    "充分听取居民代表、社区工作者和有关企业的意见，采纳情况随本{kind}一并公开。",
    "对老年人、残疾人等群体提供上门办理、预约办理和代办服务。",
)
_STEPS: Final = (
    "第一阶段为摸底阶段，由各社区逐户登记，汇总后于当月月底前报{unit}。",
    "第二阶段为实施阶段，{unit}按登记情况分批安排，每批开始前三日在社区公告栏张贴名单。",
    "第三阶段为复核阶段，由第三方人员随机抽取不少于5%的对象进行回访。",
    "符合条件的居民可持本人有效身份证件，到所在社区服务窗口提出，也可在政务服务网上提交。",
    "窗口收到材料后当场核对，材料齐全的即时受理，不齐全的一次性告知需要补充的内容。",
    "办理结果在五个工作日内以短信告知，并同时在社区公告栏公示，公示期不少于五日。",
    "对公示内容有异议的，可在公示期内以书面或者口头方式向{unit}反映，{unit}应当核实并答复。",
    "涉及多个部门的事项，由{unit}牵头召集，形成书面意见后统一答复。",
    "施工时间安排在每日八时至十八时，中考、高考期间暂停产生噪声的作业。",
    "跨街道的事项，由首先受理的窗口负责到底，不得要求居民自行往返。",
    "确需查阅以往档案的，窗口应当说明查阅时间，查阅时间不计入办理期限，但最长不超过三个工作日。",
    "对行动不便的申请人，工作人员可以上门核实情况，核实时应当出示工作证件，不少于两人同行。",
    "各社区应当在每周五下班前更新公告栏内容，已过公示期的及时撤下并存档。",
    "遇恶劣天气、设备故障等情形需要调整时间的，应当提前一日告知受影响的居民。",
)
_FIGURES: Final = (
    "本年度计划安排{a}个点位，其中上半年完成{b}个，其余在第四季度前完成。",
    "截至上月底，全区共办理相关事项{c}件，按期办结率为{p}%，群众回访满意率为{q}%。",
    "抽查样本{c}份，合格{d}份；对不合格的{e}份已逐一下达整改通知并复查。",
    "本次安排共涉及{e}个社区、{c}户居民，预计惠及{h}余人。",
)
_DUTY: Final = (
    "{unit}设立咨询电话，工作日九时至十七时由专人接听，来电事项三个工作日内回复。",
    "各单位政务公开专员负责本{kind}有关信息的更新，发现内容有误的当日更正并说明。",
    "工作人员在办理中知悉的个人信息应当保密，不得用于本项工作以外的用途。",
    "对推诿扯皮、弄虚作假的，由监督部门责令改正，情节严重的依规处理。",
    "{unit}每季度公布一次进展，年底公布总体完成情况。",
    "街道、社区每月召开一次例会，通报进展，研究群众集中反映的问题。",
    "本项工作的经费使用情况由审计部门在年度审计中一并检查，结果向社会公开。",
    "居民对办理情况不满意的，可以向{unit}提出，也可以依法申请政府信息公开。",
)
_CLOSING: Final = (
    "本{kind}自公布之日起施行，由{unit}负责解释。",
    "未尽事宜，由{unit}另行通知。",
    "此前有关规定与本{kind}不一致的，以本{kind}为准。",
)


def title(unit: Unit, matter: str, kind: str, random: Random) -> str:
    lead = random.choice(("关于做好{m}工作的{k}", "关于{m}的{k}", "{u}{m}{k}", "关于进一步规范{m}的{k}"))
    season = random.choice(("", "", "2025年", "第一季度", "下半年"))
    return lead.format(m=season + matter, k=kind, u=unit.name)


def summary(unit: Unit, matter: str, kind: str) -> str:
    return f"{unit.name}就{matter}作出的{kind}，写明目标、步骤、办理方式和监督途径。"


def body(unit: Unit, heading: str, matter: str, kind: str, random: Random) -> str:
    """A text of SHORTEST to LONGEST characters, under its heading."""
    words = {"unit": unit.name, "matter": matter, "kind": kind}
    wanted = random.randint(SHORTEST - 50, LONGEST - 150)
    sections = [
        ("一、总体要求", _AIMS),
        ("二、主要安排", _STEPS),
        ("三、进展数据", _FIGURES),
        ("四、工作保障", _DUTY),
    ]
    lines = [heading, "", _filled_in(random.choice(_OPENING), words, random)]
    length = len(heading) + len(lines[-1])
    unused = [random.sample(sentences, len(sentences)) for _, sentences in sections]
    chosen: list[list[str]] = [[] for _ in sections]
    while length < wanted and any(unused):
        at = random.choice([n for n, left in enumerate(unused) if left])
        chosen[at].append(_filled_in(unused[at].pop(), words, random))
        length += len(chosen[at][-1])
    for (heading_of, _), sentences in zip(sections, chosen, strict=True):
        if sentences:
            lines += [heading_of, *sentences]
    return "\n".join([*lines, _filled_in(random.choice(_CLOSING), words, random), "", unit.name, ""])


def _filled_in(sentence: str, words: dict[str, str], random: Random) -> str:
    if "{a}" in sentence or "{c}" in sentence:
        a, c = random.randint(8, 60), random.randint(120, 900)
        e = random.randint(2, 12)
        figures = {"a": a, "b": a // 2, "c": c, "d": c - e, "e": e, "h": c * 3}
        return sentence.format(**words, **figures, p=random.randint(91, 99), q=random.randint(88, 98))
    return sentence.format(**words)

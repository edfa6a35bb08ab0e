"""示例区: an invented district. Its units, who is assigned what, and what they write about (SC-1.1, SC-1.3)."""

from dataclasses import replace
from datetime import date
from typing import Final

from gongkai.contracts.vocabulary import Level, Management, StandingMatter, StandingRole, UnitKind
from gongkai.demo.unit import Unit
from gongkai.demo.workdays import YEAR

SECRECY_BODY: Final = "bmb"

_ASSIGNMENTS: Final = (
    (StandingMatter.LEADERS, "组织人事科"),
    (StandingMatter.RULES, "综合一科"),
    (StandingMatter.MEETINGS, "综合二科"),
    (StandingMatter.PROPOSALS, "督查和议案科"),
    (StandingMatter.REPORT, "综合二科"),
    (StandingMatter.BUDGET, "行政后勤科"),
    (StandingMatter.EMERGENCY, "总值班室"),
    (StandingMatter.GAZETTE, "经济社会发展研究中心"),
    (StandingMatter.PORTAL, "信息中心"),
)
MERGED_ON: Final = date(YEAR, 7, 1)
DECIDED_ON: Final = date(YEAR, 6, 20)  # and entered in the register

_UNITS: Final = (
    Unit(
        "qzf",
        "示例区人民政府",
        "示政",
        (
            "政府工作报告重点任务",
            "国民经济和社会发展计划",
            "区级重大行政决策事项",
            "城乡统筹发展",
            "民生实事项目",
        ),
        UnitKind.GOVERNMENT,
        government="ssrmzf",
    ),
    Unit(
        "zfb",
        "示例区人民政府办公室",
        "示政办",
        ("政务公开工作要点", "建议提案办理", "政府系统公文处理", "应急值守", "督查激励", "优化营商环境"),
        roles=(StandingRole.AUTHORITY,),
        assignments=_ASSIGNMENTS,
    ),
    Unit(
        "bmb",
        "示例区保密办公室",
        "示密办",
        ("保密宣传教育", "信息公开保密审查指引", "涉密载体管理自查", "保密业务培训"),
        roles=(StandingRole.SECRECY,),
    ),
    Unit(
        "sfj",
        "示例区司法局",
        "示司",
        ("公共法律服务", "行政规范性文件清理", "人民调解", "行政复议", "法治宣传"),
        roles=(StandingRole.SUPERVISION,),
    ),
    Unit(
        "sjzy",
        "示例区数据资源管理局",
        "示数",
        ("公共数据开放", "政府网站管理", "政务服务线上办理", "数字适老服务", "电子证照应用"),
        roles=(StandingRole.PORTAL,),
    ),
    Unit(
        "xwb",
        "示例区新闻办公室",
        "示新办",
        ("新闻发布计划", "政务新媒体管理", "政策解读", "舆情回应"),
        roles=(StandingRole.NEW_MEDIA,),
    ),
    Unit(
        "fgj",
        "示例区发展和改革局",
        "示发改",
        ("重点项目建设", "粮食储备", "节能降碳", "价格监测", "社会信用体系"),
    ),
    Unit(
        "jyj",
        "示例区教育局",
        "示教",
        ("义务教育阶段招生入学", "校园食堂管理", "课后服务", "学前教育普惠", "校园安全"),
    ),
    Unit(
        "mzj",
        "示例区民政局",
        "示民",
        ("最低生活保障", "养老服务", "社区治理", "地名管理", "困难群众临时救助"),
    ),
    Unit("czj", "示例区财政局", "示财", ("部门预算公开", "政府采购监管", "惠民补贴发放", "专项资金绩效评价")),
    Unit(
        "rsj",
        "示例区人力资源和社会保障局",
        "示人社",
        ("就业创业扶持", "职业技能培训", "工伤保险", "工资支付保障"),
    ),
    Unit(
        "zgj",
        "示例区自然资源和规划局",
        "示自规",
        ("国土空间规划公示", "地质灾害防治", "不动产登记便民", "征收补偿信息"),
    ),
    Unit(
        "zjj",
        "示例区住房和城乡建设局",
        "示建",
        ("老旧小区改造", "保障性住房分配", "物业服务监管", "燃气安全", "道路排水"),
    ),
    Unit("jtj", "示例区交通运输局", "示交", ("公交线路优化", "农村公路养护", "网约车管理", "停车设施建设")),
    Unit(
        "wjj",
        "示例区卫生健康局",
        "示卫",
        ("家庭医生签约", "托育服务", "疫苗接种", "饮用水卫生监测", "无偿献血"),
    ),
    Unit(
        "scj",
        "示例区市场监督管理局",
        "示市监",
        ("食品安全抽检", "特种设备安全", "消费维权", "个体工商户帮扶"),
    ),
    Unit(
        "hbj",
        "示例区生态环境局",
        "示环",
        ("空气质量改善", "河道水质监测", "噪声污染防治", "排污许可"),
        superior="ssthj",
        managed=Management.DUAL,
    ),
    Unit("sjj", "示例区审计局", "示审", ("预算执行审计", "审计整改", "公共投资审计")),
    Unit(
        "dyjd",
        "东样街道办事处",
        "东样",
        ("社区服务用房", "垃圾分类", "防汛防台"),
        UnitKind.SUBDISTRICT,
        level=Level.TOWNSHIP,
    ),
    Unit(
        "xyjd",
        "西样街道办事处",
        "西样",
        ("背街小巷整治", "便民市场", "邻里食堂"),
        UnitKind.SUBDISTRICT,
        level=Level.TOWNSHIP,
        section=None,
    ),
    Unit(
        "nljd",
        "南例街道办事处",
        "南例",
        ("小区加装电梯", "流动人口服务", "文体活动室"),
        UnitKind.SUBDISTRICT,
        level=Level.TOWNSHIP,
        named_officer=False,
    ),
    Unit(
        "gszx",
        "示例区供水服务中心",
        "示供水",
        ("计划停水", "水费收缴", "管网改造"),
        UnitKind.INSTITUTION,
        superior="zjj",
    ),
    Unit(
        "lcj",
        "示例区粮食和物资储备局",
        "示粮",
        ("粮食收购", "应急物资储备", "粮食库存检查"),
        ends=MERGED_ON,
        successor="fgj",
    ),
)

# Above the district, or outside it: in the register, and at work elsewhere.
_BESIDE: Final = (
    Unit(
        "ssrmzf",
        "示例市人民政府",
        "示市政",
        (),
        UnitKind.GOVERNMENT,
        government=None,
        level=Level.CITY,
        posts=False,
    ),
    Unit("ssthj", "示例市生态环境局", "示市环", (), government="ssrmzf", level=Level.CITY, posts=False),
    Unit(
        "gkxz",
        "示例区政务公开领导小组办公室",
        "示公开办",
        (),
        UnitKind.COORDINATING,
        roles=(StandingRole.WORKING_GROUP,),
        posts=False,
    ),
)


_STEMS: Final = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥元"


def district() -> tuple[Unit, ...]:
    """The units, each with people of its own: 示例甲一, 示例甲二, … 示例乙一, …"""
    return tuple(replace(unit, people=f"示例{stem}") for unit, stem in zip(_UNITS, _STEMS, strict=True))


def units_outside() -> tuple[Unit, ...]:
    """Units that the district's have above them, and others outside it."""
    return _BESIDE

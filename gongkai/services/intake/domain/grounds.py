"""不予公开理由: the coded grounds of articles 14 to 16 of the Regulation (GT-grounds)."""

from gongkai.contracts.vocabulary import Term


class Ground(Term):
    """Nothing is withheld without one of these. The code starts with the article.

    Article 14: not disclosed. Article 15: must not be, unless the third party consents or the public interest
    outweighs. Article 16: may be withheld, unless law or rules ask for disclosure.
    """

    STATE_SECRET = "14-state-secret", "属于国家秘密", "state secret", "GT-grounds"
    FORBIDDEN = "14-forbidden", "法律、行政法规禁止公开", "forbidden by law or regulation", "GT-grounds"
    SECURITY = "14-security", "危及国家安全、公共安全、经济安全、社会稳定", "danger to security", "GT-grounds"
    THIRD_PARTY = "15-third-party", "损害第三方合法权益", "harm to a third party's rights", "GT-grounds"
    INTERNAL = "16-internal", "内部事务信息", "internal affairs", "GT-grounds"
    PROCESS = "16-process", "过程性信息", "process information", "GT-grounds"
    ENFORCEMENT = "16-enforcement", "行政执法案卷信息", "enforcement file", "GT-grounds"

"""Settings of a deployment's site: the national standard's meta tags and footer (国办发〔2017〕47号).

The footer's marks are third parties' services: each is off until it is configured, and each is a plain link; none of
their scripts runs here.
"""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Site(BaseSettings):
    """By environment, `GONGKAI_SITE_…`."""

    model_config = SettingsConfigDict(env_prefix="GONGKAI_SITE_")

    name: str = "政府信息公开平台"  # SiteName
    name_en: str = "Open Government Information"
    domain: str = ""  # SiteDomain
    id_code: str = ""  # SiteIDCode, 10 characters
    organiser: str = ""  # 主办单位
    contact: str = ""  # of the 主办单位: telephone, address
    icp: str = ""  # ICP 备案号
    icp_url: str = "https://beian.miit.gov.cn/"
    police: str = ""  # 公安备案号
    police_url: str = ""
    party_mark_url: str = ""  # 党政机关网站标识
    mistakes_url: str = ""  # 政府网站找错
    secure_cookies: bool = False  # true behind TLS

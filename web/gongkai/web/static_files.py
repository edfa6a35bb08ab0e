"""Our own files under /static, and the two libraries that npm brings (htmx, ECharts) where they are there."""

from hashlib import sha256
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from gongkai.runtime.rights import OBSERVE, acts

HERE = Path(__file__).parent
OWN = HERE / "static"
VENDOR = {
    "htmx.js": HERE / "node_modules/htmx.org/dist/htmx.min.js",
    "echarts.js": HERE / "node_modules/echarts/dist/echarts.min.js",
}


class Kept(StaticFiles):
    """Static files that a browser may keep: their address changes with their content (`?v=`)."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response


def mount_static(app: FastAPI, own: Path | None = None) -> None:
    """Serve /static/web (shared), /static/vendor (htmx, ECharts) and, with `own`, /static/own."""

    @app.get("/static/vendor/{name}", include_in_schema=False)
    @acts(OBSERVE)
    async def vendor(name: str) -> Response:
        path = VENDOR.get(name)
        if path is None or not path.is_file():
            return Response(status_code=404)
        return FileResponse(
            path, media_type="text/javascript", headers={"Cache-Control": "public, max-age=86400"}
        )

    app.mount("/static/web", Kept(directory=OWN), name="static-web")
    if own is not None:
        app.mount("/static/own", Kept(directory=own), name="static-own")


class Addresses:
    """Addresses of static files, marked with their content: a new version is fetched at once."""

    def __init__(self, own: Path | None) -> None:
        self._roots = {"web": OWN, "own": own}
        self._known: dict[tuple[str, str], str] = {}

    def __call__(self, name: str, root: str = "web") -> str:
        if root == "vendor":
            return f"/static/vendor/{name}"
        folder = self._roots[root]
        if folder is None:
            raise KeyError(root)
        if (root, name) not in self._known:
            mark = sha256((folder / name).read_bytes()).hexdigest()[:10]
            self._known[root, name] = f"/static/{root}/{name}?v={mark}"
        return self._known[root, name]

    @staticmethod
    def has(name: str) -> bool:
        """True when npm brought the library; without it the page serves as plain HTML."""
        return VENDOR[name].is_file()

"""`python -m gongkai.portal`: this service as one process, its settings in the environment."""

from gongkai.portal.service import SERVICE
from gongkai.runtime.serve import serve

if __name__ == "__main__":
    serve(SERVICE)

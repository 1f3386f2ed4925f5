"""French: data files beside this binding."""

from agents.enrichment.languages import LanguagePack

PACK = LanguagePack("fr", __package__)

"""The mathematics: one file a rule family, assembled in order."""

from aumaq.model.built import BuiltModel, build
from aumaq.model.context import FORMULATIONS, Context
from aumaq.model.data.gathered import ModelData, gather
from aumaq.model.data.services import ServiceData
from aumaq.model.family import FAMILIES
from aumaq.model.rules import rule_id

__all__ = [
    "FAMILIES",
    "FORMULATIONS",
    "BuiltModel",
    "Context",
    "ModelData",
    "ServiceData",
    "build",
    "gather",
    "rule_id",
]

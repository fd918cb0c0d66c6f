"""Constructs other than layers, found in syntax alone: one small module per kind, ``scan`` runs them all."""

from gconv_lint.frontends.source.constructs.imports import ImportedNames
from gconv_lint.frontends.source.constructs.scan import scan
from gconv_lint.frontends.source.constructs.shuffles import link

__all__ = ["ImportedNames", "link", "scan"]

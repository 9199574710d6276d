"""Models on disk: the store, what each says of itself, and the forms of it that other engines read."""

from sayso.models.checksums import VERIFIED
from sayso.models.manifest import MANIFEST, Manifest, read_manifest
from sayso.models.store import CURRENT, Model, ModelStore, verify

__all__ = ["CURRENT", "MANIFEST", "VERIFIED", "Manifest", "Model", "ModelStore", "read_manifest", "verify"]

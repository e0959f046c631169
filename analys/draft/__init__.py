"""An agreement's folder drafted from documents: what they state with its quotation, what their numbers imply as computed."""

from analys.draft.write import Drafted, draft

__all__ = ["Drafted", "draft"]

"""One form definition for page, API, import and export: what is asked, and how answers are cleaned."""

from ronghe.core.forms.answers import Cleaned, Lists
from ronghe.core.forms.fields import Field, Form
from ronghe.core.forms.kinds import NATURES, Choice, FieldType

__all__ = ["NATURES", "Choice", "Cleaned", "Field", "FieldType", "Form", "Lists"]

"""Files in and out: bundles of CSV files and workbooks, refused rows, the template."""

from matcher.exchange.bundle import read_bundle
from matcher.exchange.result import Notice, ReadResult, Refusal, SheetResult
from matcher.exchange.sheet import BundleError, Sheet

__all__ = ["BundleError", "Notice", "ReadResult", "Refusal", "Sheet", "SheetResult", "read_bundle"]

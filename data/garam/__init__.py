"""가람시: how the fictional city of the sample is drawn. Nothing here exists."""

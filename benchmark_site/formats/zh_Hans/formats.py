"""Groups of three, as tables of figures have them in Chinese too; Django groups by four."""

NUMBER_GROUPING = 3

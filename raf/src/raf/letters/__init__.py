"""Letters by e-mail: they prove addresses, bring passwords back, and tell people what concerns their account."""

"""The same page as anybody would write it in an afternoon: what ours is compared with."""

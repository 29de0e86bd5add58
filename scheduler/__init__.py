"""When things happen: the weekly run, enrichment and the tick that starts them."""

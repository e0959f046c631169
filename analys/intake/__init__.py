"""Reading files as they come: one module a family of formats, canonical tables out, every unused row reported."""

"""How far each act has come, from promise to fulfilment, for the page."""

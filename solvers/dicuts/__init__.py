"""Valid inequalities of networks, found before a model is solved."""

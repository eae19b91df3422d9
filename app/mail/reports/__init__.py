"""Reports about mails that came back: read here into plain values, judged in `domain.bounce`."""

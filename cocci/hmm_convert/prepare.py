# SPDX-License-Identifier: GPL-2.0-only
"""What happens to a text just before and just after a semantic patch."""

import re

from .tokens import in_bare_do, tokenize

# What a name is called while spatch must not see it.
HIDDEN = '__hidden_from_spatch'


def hide(step, text):
    """TEXT without the places at which a step would go wrong."""
    if step.name != '06-register-args' or not re.search(r'\bdo\b', text):
        return text
    tokens = tokenize(text)
    for i in sorted(in_bare_do(tokens), reverse=True):
        if tokens[i].text == 'hmm_range_register':
            end = tokens[i].at + len(tokens[i].text)
            text = text[:end] + HIDDEN + text[end:]
    return text


def tidy(old, new):
    """Mend what Coccinelle leaves untidy, if the driver's own style differs.

    It puts else on a line of its own behind braces that it added, and leaves
    white space on the line of a statement that it removed.
    """
    if old == new:
        return new
    if not re.search(r'\}\n[ \t]*else\b', old):
        new = re.sub(r'\}\n[ \t]*else\b', '} else', new)
    if not re.search(r'(?m)^[ \t]+$', old):
        new = re.sub(r'(?m)^[ \t]+\n', '', new)
    return new

#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""tplc: compiles HTML templates to C.

    tplc.py --out DIR a.html b.html …      writes DIR/a.tpl.c and DIR/a.tpl.h for each input

A page is safe when everything that a member typed is escaped for the very place where it stands. A person forgets that
once in a hundred times, so here nobody is asked: the compiler knows the place, and C knows the type.

    source ──lex──▶ tokens ──parse──▶ tree ──walk──▶ C
                                              │
                                              └─ Html: where in the page are we?

  lex     cuts the source into literal text, {{ expressions }} and {% statements %}; {# comments #} vanish.
  parse   builds a tree: if, for and wrap have bodies, everything else is a leaf.
  walk    visits the tree in order. Every literal goes through Html, a small HTML tokenizer that refuses what could turn
          into code (on*, style, inline script, unquoted values, …), checks that elements nest, squeezes white space and
          knows the context. Every {{ expression }} asks Html which C macro fits this context:
              text                     PUT        the C type decides: str is escaped, html is raw, integers print
              attribute, title, …      PUT_ATTR   the same without html, which could contain a quotation mark
              a whole address          put_url    takes the type url only, so a str does not compile
              a part of a local one    PUT_PART   percent-encoded
          Writer collects the C: neighbouring literals become one OUT_LIT, and #line makes gcc point at the template.

Html's context is a value. An {% if %} copies it, runs each branch from the copy and joins the results: they must stand at
the same place of the page. A {% for %} joins the end of its body with its beginning. So what is true of the checked text
is true of every path through it. Within a tag, the context holds one dictionary of attributes per path (`paths`), which
makes `{% if x %}target="_blank" rel="noopener"{% end %}` as easy to check as the unconditional one.

White space: in text, a run that contains a newline becomes one newline. It becomes nothing at both ends of a template, and
between a tag and a line that holds only statements. Next to words it stays, so that words never stick together;
{{ }} and {% t %} count as words. Inside <pre> and <textarea>, and in attribute values, nothing changes.

A template with a {% body %} becomes two functions, tpl_NAME_open and tpl_NAME_close, and {% wrap %} calls both around its
own body. Both take all arguments, but a {% set %} in front of the {% body %} is not visible behind it.

Expressions are C. They are checked for balance only (they must not break out of the call that they are put into); what
they mean is gcc's business.
"""
import argparse
import copy
import html as html_entities
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

LITERAL_MAX = 4000  # bytes in one C string; -Wpedantic complains above 4095
PATHS_MAX = 512     # ways through the {% if %}s of one tag

# ---------------------------------------------------------------- HTML vocabulary

VOID = set("area base br col embed hr img input link meta source track wbr".split())
RAW = {"script", "style", "iframe"}        # the browser does not parse what is inside, so nothing may be inside
PLAIN = {"title", "textarea"}              # text only, no elements
UNTOUCHED = {"pre", "textarea"}            # white space matters
ESCAPED_ONLY = {"title", "textarea", "noscript"}  # an html value would be read in another way than it was sanitised for
BANNED_ELEMENTS = set("base plaintext xmp noembed noframes listing frame frameset applet set animate "
                      "animatetransform animatemotion".split())
NOT_IN_ITSELF = {"a", "form", "button"}
ENDS_P = set("address article aside blockquote details dialog div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
             "h6 header hgroup hr main menu nav ol p pre search section summary table ul".split())
FOREIGN = {"svg", "math"}                  # here, and only here, <path/> closes itself
BACK_TO_HTML = {"foreignobject", "desc", "title", "annotation-xml"}
P_SCOPE = {"button", "td", "th", "caption", "object", "template", "svg", "math"}

URL_ATTRIBUTES = set("href src action formaction hx-get hx-post hx-put hx-patch hx-delete poster data cite srcset imagesrcset "
                     "ping manifest background xlink:href".split())
FIXED_ADDRESSES = ("https://", "mailto:")

MSG_ARGUMENTS = ("n", "m", "s", "s2", "g")

# ---------------------------------------------------------------- errors


@dataclass
class Errors:
    """Collects; nothing stops at the first one."""
    path: str
    found: list = field(default_factory=list)

    def add(self, line, sentence):
        if (line, sentence) not in self.found:
            self.found.append((line, sentence))

    def lines(self):
        return [f"{self.path}:{line}: {sentence}" for line, sentence in sorted(self.found, key=lambda e: e[0])]


# ---------------------------------------------------------------- a little C


def c_skip_string(code, i):
    """The index behind the string or character constant that begins at i."""
    quote, i = code[i], i + 1
    while i < len(code) and code[i] != quote:
        i += 2 if code[i] == "\\" else 1
    return i + 1


def c_walk(code, start=0):
    """Yields (index, character, nesting) for everything outside strings; nesting is a string like "({"."""
    nesting, i = "", start
    pairs = {")": "(", "]": "[", "}": "{"}
    while i < len(code):
        ch = code[i]
        if ch in "\"'":
            yield i, ch, nesting
            i = c_skip_string(code, i)
            continue
        if ch in pairs and nesting.endswith(pairs[ch]):
            nesting = nesting[:-1]
        elif ch in pairs:
            nesting += "!"  # never balances again
        yield i, ch, nesting
        if ch in "([{":
            nesting += ch
        i += 1


def c_fault(code, commas=True):
    """Why this is no C expression that may be put into a call; None when it may."""
    if not code.strip():
        return "an expression is missing"
    depth = 0
    for i, ch, nesting in c_walk(code):
        if ch in "\"'" and c_skip_string(code, i) > len(code):
            return "a string is not closed"
        if "!" in nesting:
            return f"unbalanced '{ch}'"
        if ch == ";":
            return "';' does not belong into an expression"
        if code[i:i + 2] in ("//", "/*"):
            return "a C comment does not belong into an expression; use {# #}"
        if ch == "#":
            return "'#' does not belong into an expression"
        if ch == "," and not nesting and not commas:
            return "one expression is expected, not several"
        depth = len(nesting) + (ch in "([{")
    return "unbalanced brackets" if depth else None


def c_has_filter(code):
    """`x | safe`, as other template languages write it. (A bitwise or needs brackets here.)"""
    for i, ch, nesting in c_walk(code):
        if ch == "|" and not nesting and "|" not in (code[i - 1:i], code[i + 1:i + 2]):
            return re.match(r"\s*[A-Za-z_]", code[i + 1:]) is not None
    return False


def c_split(code, separator=","):
    parts, begin = [], 0
    for i, ch, nesting in c_walk(code):
        if ch == separator and not nesting:
            parts.append(code[begin:i])
            begin = i + 1
    return parts + [code[begin:]]


def c_macro_argument(code):
    """The preprocessor knows round brackets only: (T){a, b} would be two arguments."""
    bare = any(ch == "," and "(" not in nesting for _, ch, nesting in c_walk(code))
    return f"({code})" if bare else code


def c_string_lines(text):
    """C string constants that together make text, one for each line of it."""
    def escape(match):
        ch = match.group()
        return {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\", "?": "\\?"}.get(ch) or f"\\{ord(ch):03o}"

    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    return ['"' + re.sub(r'["\\\x00-\x1f\x7f]|(?<=\?)\?', escape, line) + '"' for line in lines]


def c_chunks(text, size=LITERAL_MAX):
    """Cuts text into pieces of at most size bytes, between characters and if possible between lines."""
    while len(text.encode()) > size:
        head = text.encode()[:size].decode(errors="ignore")
        cut = head.rfind("\n") + 1 or len(head)
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text


def parameter_names(params):
    names = []
    for param in c_split(params):
        param = param.strip()
        found = re.search(r"\(\s*\*\s*(\w+)\s*\)", param) or re.search(r"(\w+)\s*(\[[^\]]*\]\s*)*$", param)
        if param and param != "void" and found:
            names.append(found.group(1))
    return names


# ---------------------------------------------------------------- lex


@dataclass
class Token:
    kind: str            # "text", "expr", "stmt"
    text: str
    line: int
    lines: list = None   # text: the source line of each character (comments have left gaps)
    alone: bool = False  # stmt: its line holds only statements

    @property
    def word(self):
        return re.match(r"\w*", self.text).group() if self.kind == "stmt" else ""


def lex(source, errors):
    """The tokens, and whether the source had to be cut off."""
    tokens, i, line = [], 0, 1

    def text(chars):
        nonlocal line
        if tokens and tokens[-1].kind == "text":
            token = tokens[-1]
        else:
            token = Token("text", "", line, [])
            tokens.append(token)
        token.text += chars
        for ch in chars:
            token.lines.append(line)
            line += ch == "\n"

    while i < len(source):
        opening = source[i:i + 2]
        if opening not in ("{{", "{%", "{#"):
            end = re.compile(r"\{[{%#]|\Z").search(source, i).start()
            text(source[i:end])
            i = end
            continue
        end = find_closing(source, i + 2, opening)
        if end is None:
            errors.add(line, f"this {opening} is never closed")
            return tokens, True
        inner = source[i + 2:end]
        if opening != "{#":
            lead = len(inner) - len(inner.lstrip())
            tokens.append(Token("expr" if opening == "{{" else "stmt", inner.strip(), line + inner[:lead].count("\n")))
        line += source.count("\n", i, end + 2)
        i = end + 2
    mark_alone(tokens)
    return tokens, False


def find_closing(source, begin, opening):
    if opening == "{#":
        end = source.find("#}", begin)
        return None if end < 0 else end
    closing = {"{{": "}}", "{%": "%}"}[opening]
    for i, _, nesting in c_walk(source, begin):
        # c_walk marks the first } of the closing }} as unbalanced; that of a compound literal, (T){1}, is not.
        if source.startswith(closing, i) and (opening == "{%" or nesting.endswith("!") and "{" not in nesting):
            return i
        if source.startswith("{%", i):
            return None
    return None


def mark_alone(tokens):
    """A statement stands alone when only blanks and other statements share its line. {% t %} prints words: never alone."""
    def clear(i, step):
        while 0 <= (i := i + step) < len(tokens):
            token = tokens[i]
            if token.kind == "expr" or token.word in ("t", "say"):
                return False
            if token.kind == "text":
                edge = token.text.rpartition("\n") if step < 0 else token.text.partition("\n")
                if (edge[2] if step < 0 else edge[0]).strip():
                    return False
                if edge[1]:
                    return True
        return True

    for i, token in enumerate(tokens):
        if token.kind == "stmt" and token.word not in ("t", "say"):
            token.alone = clear(i, -1) and clear(i, 1)


# ---------------------------------------------------------------- tree


@dataclass
class Literal:
    text: str
    lines: list
    line: int
    before: str  # what the text touches: "word", "line" (a statement alone on its line) or "edge" (of the template)
    after: str


@dataclass
class Expr:
    code: str
    line: int


@dataclass
class Msg:
    key: str
    args: list
    line: int


@dataclass
class Say:
    code: str
    line: int


@dataclass
class Set:
    code: str
    line: int


@dataclass
class Call:
    name: str
    args: str
    line: int


@dataclass
class Body:
    line: int


@dataclass
class If:
    line: int
    branches: list  # of (condition or None for else, line, nodes)


@dataclass
class For:
    var: str
    code: str
    line: int
    nodes: list


@dataclass
class Wrap:
    name: str
    args: str
    line: int
    nodes: list


@dataclass
class Template:
    name: str
    params: str
    line: int
    nodes: list
    end_line: int
    has_body: bool

    @property
    def names(self):
        return parameter_names(self.params)

    def prototype(self, part=""):
        params = self.params.strip()
        return f"void tpl_{self.name}{part}(out *o{', ' + params if params and params != 'void' else ''})"

    @property
    def parts(self):
        return ("_open", "_close") if self.has_body else ("",)


# ---------------------------------------------------------------- parse


class Parser:
    """Recursive descent over the tokens. A {% template %} inside a template means that an {% end %} is missing: every
    open block is reported and the parser goes on from there."""

    def __init__(self, source, errors):
        self.errors = errors
        self.tokens, self.cut = lex(source, errors)
        self.i = 0
        self.blocks = []      # the keywords of the open blocks
        self.body_line = None
        self.names = []

    def parse(self):
        includes, templates, lost = [], [], False
        while self.i < len(self.tokens):
            token = self.next()
            if token.word == "template":
                lost = False
                template = self.template(token)
                if template:
                    templates.append(template)
            elif token.word == "include":
                self.include(token, includes, templates)
            elif token.word == "end":
                lost = lost or self.errors.add(token.line, "this {% end %} ends nothing") or True
            elif token.kind != "text" or token.text.strip():
                at = next((n for ch, n in zip(token.text, token.lines or []) if ch.strip()), token.line)
                lost = lost or self.errors.add(at, "this stands outside of a {% template %}") or True
        return includes, templates

    def next(self):
        self.i += 1
        return self.tokens[self.i - 1]

    def include(self, token, includes, templates):
        found = re.fullmatch(r'include\s+("[^"\n]+"|<[^>\n]+>)', token.text)
        if templates:
            self.errors.add(token.line, "{% include %} belongs to the top of the file")
        elif not found:
            self.errors.add(token.line, '{% include "file.h" %} is expected')
        else:
            includes.append(found.group(1))

    def template(self, token):
        found = re.fullmatch(r"template\s+([A-Za-z_]\w*)\s*\((.*)\)", token.text, re.S)
        name, params = found.groups() if found else ("", "")
        if not found:
            self.errors.add(token.line, "{% template name(parameters) %} is expected")
        elif params.strip() and (fault := c_fault(params)):
            self.errors.add(token.line, f"in the parameters: {fault}")
        self.names = parameter_names(params)
        if "o" in self.names:
            self.errors.add(token.line, "a parameter must not be called o: that is the output")
        self.blocks, self.body_line = [], None
        nodes, end = self.block("template", token.line)
        if nodes and isinstance(nodes[0], Literal):
            nodes[0].before = "edge"
        if nodes and isinstance(nodes[-1], Literal):
            nodes[-1].after = "edge"
        end_line = end.line if end else token.line
        return Template(name, params, token.line, nodes, end_line, self.body_line is not None) if found else None

    def block(self, word, line, enders=("end",)):
        """The nodes up to one of the enders, and the ender (None: it is missing, and reported)."""
        self.blocks.append(word)
        nodes, ender = [], None
        while self.i < len(self.tokens) and self.tokens[self.i].word != "template":
            token = self.next()
            if token.word in enders or token.word == "end":
                ender = token
                break
            node = self.node(token)
            if node:
                nodes.append(node)
        if not ender and not self.cut:
            self.errors.add(line, f"the {{% end %}} of this {{% {word} %}} is missing")
        self.blocks.pop()
        return nodes, ender

    def node(self, token):
        if token.kind == "text":
            return self.literal(token)
        if token.kind == "expr":
            return self.expr(token)
        handler = getattr(self, f"stmt_{token.word}", None)
        if not handler:
            hint = "; every block ends with {% end %}" if token.word.startswith("end") else ""
            self.errors.add(token.line, f"unknown statement {{% {token.word or token.text} %}}{hint}")
            return None
        return handler(token, token.text[len(token.word):].strip())

    def literal(self, token):
        def touch(i):
            return "line" if 0 <= i < len(self.tokens) and self.tokens[i].alone else "word"
        if "%}" in token.text:
            self.errors.add(token.lines[token.text.index("%}")], "a %} without its {%")
        return Literal(token.text, token.lines, token.line, touch(self.i - 2), touch(self.i))

    def expr(self, token):
        fault = c_fault(token.text, commas=False)
        if not fault and c_has_filter(token.text):
            fault = "there are no filters; the C type decides about escaping"
        if fault:
            self.errors.add(token.line, f"in {{{{ }}}}: {fault}")
        return Expr(token.text, token.line)

    def c(self, token, code, commas=True):
        fault = c_fault(code, commas)
        if fault:
            self.errors.add(token.line, f"in {{% {token.word} %}}: {fault}")
        return code

    def signature(self, token, rest):
        found = re.fullmatch(r"([A-Za-z_]\w*)\s*\((.*)\)", rest, re.S)
        if not found:
            self.errors.add(token.line, f"{{% {token.word} name(arguments) %}} is expected")
            return "", ""
        if found.group(2).strip():
            self.c(token, found.group(2))
        return found.group(1), found.group(2).strip()

    def stmt_if(self, token, rest):
        node, condition, line, seen_else = If(token.line, []), self.c(token, rest), token.line, False
        while True:
            nodes, ender = self.block("if", token.line, ("elif", "else"))
            node.branches.append((condition, line, nodes))
            if not ender or ender.word == "end":
                return node
            if seen_else:
                self.errors.add(ender.line, f"{{% {ender.word} %}} after {{% else %}}")
            seen_else = seen_else or ender.word == "else"
            line, code = ender.line, ender.text[4:].strip()
            if ender.word == "else" and code:
                self.errors.add(line, "{% else %} takes no condition; use {% elif %}")
            condition = self.c(ender, code) if ender.word == "elif" else None

    def stmt_elif(self, token, _rest):
        self.errors.add(token.line, f"{{% {token.word} %}} without its {{% if %}}")

    stmt_else = stmt_elif

    def stmt_for(self, token, rest):
        found = re.fullmatch(r"([A-Za-z_]\w*)\s+in\s+(.+)", rest, re.S)
        if not found:
            self.errors.add(token.line, "{% for name in list %} is expected")
        var, code = found.groups() if found else ("x", "x")
        self.c(token, code, commas=False)
        nodes, _ = self.block("for", token.line)
        return For(var, code, token.line, nodes)

    def stmt_wrap(self, token, rest):
        name, args = self.signature(token, rest)
        nodes, _ = self.block("wrap", token.line)
        return Wrap(name, args, token.line, nodes)

    def stmt_call(self, token, rest):
        name, args = self.signature(token, rest)
        return Call(name, args, token.line)

    def stmt_set(self, token, rest):
        if not re.match(r"[A-Za-z_][\w\s*]*[\s*]\w+\s*=(?!=)", rest):
            self.errors.add(token.line, "{% set type name = expression %} is expected")
        return Set(self.c(token, rest, commas=False), token.line)

    def stmt_body(self, token, rest):
        if rest:
            self.errors.add(token.line, "{% body %} takes no arguments")
        if set(self.blocks) - {"template", "wrap"}:
            self.errors.add(token.line, "{% body %} cannot stand inside of {% if %} or {% for %}")
        if self.body_line is not None:
            self.errors.add(token.line, f"a second {{% body %}}; the first is in line {self.body_line}")
            return None
        self.body_line = token.line
        return Body(token.line)

    def stmt_include(self, token, _rest):
        self.errors.add(token.line, "{% include %} belongs to the top of the file")

    def stmt_t(self, token, rest):
        found = re.match(r"([a-z]\w*(?:\.\w+)+)(?=\s|$)", rest)
        if not found:
            self.errors.add(token.line, "{% t feature.key %} is expected")
            return None
        if "v" not in self.names:
            self.errors.add(token.line, "{% t %} needs a parameter v: it knows the language")
        args = self.msg_arguments(token, rest[found.end():])
        return Msg(found.group(1).replace(".", "_"), args, token.line)

    def stmt_say(self, token, rest):
        if "v" not in self.names:
            self.errors.add(token.line, "{% say %} needs a parameter v: it knows the language")
        return Say(self.c(token, rest, commas=True), token.line)

    def msg_arguments(self, token, code):
        heads = [m for i, _, nesting in c_walk(code)
                 if not nesting and (m := re.compile(r"(?<=\s)(\w+)=(?!=)").match(code, i))]
        if code[:heads[0].start() if heads else len(code)].strip():
            self.errors.add(token.line, "after the key of {% t %}, name=expression is expected")
        ends = [m.start() for m in heads[1:]] + [len(code)]
        args = []
        for head, end in zip(heads, ends):
            name = head.group(1)
            if name not in MSG_ARGUMENTS:
                self.errors.add(token.line, f"{{% t %}} has no argument {name}, only {', '.join(MSG_ARGUMENTS)}")
            if name in (known for known, _ in args):
                self.errors.add(token.line, f"{{% t %}} has the argument {name} twice")
            args.append((name, self.c(token, code[head.end():end].strip(), commas=False)))
        return args


# ---------------------------------------------------------------- addresses


class Address:
    """What is known about the value of a URL attribute, one character at a time.

        START ─"/"─▶ SLASH ─other─▶ LOCAL      a literal local path; {{ }} are parts of it
                       └─{{ }}─▶ PART ─other─▶ LOCAL
        START ─"#", "?"─▶ LOCAL
        START ─{{ }}─▶ DONE                    one url and nothing else
        START ─"https://"…─▶ FIXED             a literal

    SLASH and PART refuse another slash: "//host" is a foreign address, also when the part between was empty. A state
    such as "~htt" is the beginning of one of FIXED_ADDRESSES."""
    START, SLASH, PART, LOCAL, FIXED, DONE, BAD = "", "/", "/{{ }}", "/…", "https", "{{ }}", "bad"
    OPEN = {SLASH, PART, LOCAL}
    UNKNOWN = "an address is one {{ url }}, or begins with '/', '#', '?', 'https://' or 'mailto:'"

    @classmethod
    def literal(cls, state, ch):
        """(the next state, what is wrong or None)"""
        if state == cls.START or state.startswith("~"):
            return cls.beginning(state[1:] + ch)
        if state in (cls.FIXED, cls.BAD):
            return state, None
        if state == cls.LOCAL:
            return (cls.BAD, "a backslash does not belong into an address") if ch == "\\" else (state, None)
        if state in (cls.SLASH, cls.PART):
            if ch in "/\\&\t\n\r\f":
                return cls.BAD, ("an address that begins with '//' leads to a foreign server" if state == cls.SLASH else
                                 f"'/{{{{ }}}}' followed by '{ch}' becomes '//' when the part is empty; begin with a word")
            return cls.LOCAL, None
        return cls.BAD, "nothing may follow a whole address"

    @classmethod
    def beginning(cls, text):
        if text == "/":
            return cls.SLASH, None
        if text in ("#", "?"):
            return cls.LOCAL, None
        if text in FIXED_ADDRESSES:
            return cls.FIXED, None
        if any(a.startswith(text) for a in FIXED_ADDRESSES):
            return f"~{text}", None
        return cls.BAD, cls.UNKNOWN

    @classmethod
    def expr(cls, state):
        """(the next state, the C function, what is wrong or None)"""
        if state == cls.START:
            return cls.DONE, "put_url", None
        if state in cls.OPEN:
            return (cls.LOCAL if state == cls.LOCAL else cls.PART), "PUT_PART", None
        if state == cls.BAD:
            return state, "PUT_PART", None
        return cls.BAD, "PUT_PART", "only an address that begins with '/', '#' or '?' may have parts; use one {{ url }}"

    @classmethod
    def join(cls, states):
        """The state after an {% if %}; None when nothing sensible holds for all branches."""
        states = set(states)
        if len(states) == 1:
            return states.pop()
        if cls.BAD in states:
            return cls.BAD
        if states <= cls.OPEN:
            return cls.PART
        return cls.DONE if states <= cls.OPEN | {cls.FIXED, cls.DONE} else None

    @classmethod
    def fault_at_end(cls, state):
        if state == cls.START:
            return "an address must not be empty"
        return cls.UNKNOWN if state.startswith("~") else None


# ---------------------------------------------------------------- the page


@dataclass
class Element:
    name: str
    line: int
    wants_token: bool = False  # a form that posts
    has_token: bool = False    # … and has {% call once(v) %}


@dataclass
class Context:
    """Where in the page we are. state: text, tag (between attributes), value, raw (script, style), plain (title, …)."""
    state: str = "text"
    stack: list = field(default_factory=list)
    tag: str = ""
    tag_line: int = 0
    space: bool = False      # tag: white space comes directly before
    broken: bool = False     # tag: an error has been reported, the rest of it makes no sense
    paths: list = field(default_factory=list)  # tag: for each path through the {% if %}s, name → value (None: dynamic)
    attr: str = ""
    attr_line: int = 0
    quote: str = ""
    value: str = ""          # value: the literal text so far
    dynamic: bool = False    # value: {{ }} or a choice has been seen
    address: str = None      # value: a state of Address when the attribute is one

    def place(self):
        inside = "".join(f"<{e.name}>" for e in self.stack)
        where = {"tag": f"in the tag <{self.tag}>", "value": f"in the value of {self.attr}"}.get(self.state)
        return " ".join(filter(None, [where, f"inside {inside}" if inside else "at the top level"]))

    def key(self):
        tag = (self.tag, self.tag_line) if self.state in ("tag", "value") else None
        value = (self.attr, self.attr_line, self.quote) if self.state == "value" else None
        return self.state, [e.name for e in self.stack], tag, value


WRAP = "{% wrap %}"  # stands in the stack like an element, so that nothing closes across it


class Cursor:
    def __init__(self, literal):
        self.text, self.lines, self.pos = literal.text, literal.lines, 0

    def take(self, pattern):
        found = re.compile(pattern, re.I).match(self.text, self.pos)
        if found:
            self.pos = found.end()
        return found

    def peek(self, text):
        return self.text.startswith(text, self.pos)

    @property
    def more(self):
        return self.pos < len(self.text)

    @property
    def line(self):
        return self.lines[min(self.pos, len(self.lines) - 1)]


class Html:
    """Follows the page through literals, expressions and statements; `now` is the context."""

    def __init__(self, errors):
        self.errors = errors
        self.now = Context()

    # -- literals

    def literal(self, literal):
        """Checks the literal and returns what is to be printed of it."""
        cursor, printed = Cursor(literal), []
        while cursor.more:
            printed.append(getattr(self, f"in_{self.now.state}")(cursor, literal))
        return "".join(printed)

    def in_text(self, cursor, literal):
        begin = cursor.pos
        if cursor.take(r"[^<]+"):
            return self.squeeze(literal, begin, cursor.pos)
        return self.markup(cursor)

    def squeeze(self, literal, begin, end):
        piece = literal.text[begin:end]
        if any(e.name in UNTOUCHED for e in self.now.stack):
            return piece

        def run(found):
            left = "word" if found.start() else "tag" if begin else literal.before
            right = "word" if found.end() < len(piece) else "tag" if end < len(literal.text) else literal.after
            if "\n" not in found.group() and (left, right) != ("line", "line"):
                return found.group()
            return "" if "edge" in (left, right) or "line" in (left, right) and "word" not in (left, right) else "\n"

        return re.sub(r"[ \t\r\n\f]+", run, piece)

    def markup(self, cursor):
        line = cursor.line
        if found := cursor.take(r"<!doctype html>"):
            return found.group()
        if cursor.take(r"<!--"):
            cursor.take(r"(?s:.*?)(-->|\Z)")
            self.errors.add(line, "an HTML comment would be sent to everybody; use {# #}")
            return ""
        if found := cursor.take(r"</([a-z][\w:.-]*)\s*>"):
            self.close_element(found.group(1).lower(), line)
            return f"</{found.group(1)}>"
        if found := cursor.take(r"<([a-z][\w:.-]*)"):
            self.open_tag(found.group(1).lower(), line)
            return found.group()
        cursor.pos += 1
        self.errors.add(line, "this '<' begins no tag; write &lt; (and no {{ }} in the name of a tag)")
        return ""

    def open_tag(self, name, line):
        now = self.now
        now.state, now.tag, now.tag_line, now.space, now.paths = "tag", name, line, False, [{}]
        now.broken = False
        if name in BANNED_ELEMENTS:
            self.errors.add(line, f"<{name}> is not allowed")

    def in_tag(self, cursor, _literal):
        now, line = self.now, cursor.line
        if found := cursor.take(r"\s+"):
            now.space = True
            closes = cursor.peek(">") or cursor.peek("/>")
            return "" if closes else "\n" if "\n" in found.group() else " "
        if found := cursor.take(r"/?>"):
            self.finish_tag(found.group() == "/>")
            return found.group()
        if now.broken:
            cursor.take(r"[^>]*?(?=/?>|\Z)")
            return ""
        if found := cursor.take(r"[^\s\"'<>/=]+"):
            return found.group() + self.attribute(cursor, found.group().lower(), line)
        self.break_tag(line, f"'{cursor.text[cursor.pos]}' has no place in the tag <{now.tag}>")
        return ""

    def break_tag(self, line, sentence):
        if not self.now.broken:
            self.errors.add(line, sentence)
        self.now.broken = True

    # -- attributes

    def attribute(self, cursor, name, line):
        now = self.now
        if not now.space:
            self.errors.add(line, f"white space is missing before the attribute {name}, or {{{{ }}}} or {{% %}} cuts a name")
        self.check_name(name, line)
        now.space = False
        if not cursor.peek("="):
            self.add_attribute(name, "")
            return ""
        if found := cursor.take(r"=([\"'])"):
            now.state, now.attr, now.attr_line, now.quote = "value", name, line, found.group(1)
            now.value, now.dynamic = "", False
            now.address = Address.START if self.plain_name(name) in URL_ATTRIBUTES else None
            return found.group()
        self.errors.add(line, f"the value of {name} must be quoted")
        cursor.take(r"=[^\s>]*")
        now.broken = not cursor.more
        self.add_attribute(name, None)
        return ""

    @staticmethod
    def plain_name(name):
        """htmx also reads data-hx-get as hx-get."""
        return name[5:] if name.startswith("data-hx-") else name

    def check_name(self, name, line):
        plain = self.plain_name(name)
        if not re.fullmatch(r"[a-z_][\w.:-]*", name):
            self.errors.add(line, f"'{name}' is no attribute name")
        if plain.startswith("on") or plain.startswith("hx-on") or plain in ("style", "srcdoc", "hx-vars"):
            self.errors.add(line, f"the attribute {name} is not allowed: it holds code")
        if any(name in path for path in self.now.paths):
            self.errors.add(line, f"the attribute {name} is there twice")

    def add_attribute(self, name, value):
        for path in self.now.paths:
            path[name] = value

    def in_value(self, cursor, _literal):
        now, line = self.now, cursor.line
        text = cursor.take(f"[^{now.quote}]*").group()
        if text:
            self.value_text(text, line)
        if not cursor.take(now.quote):
            return text
        if now.address is not None and (fault := Address.fault_at_end(now.address)):
            self.errors.add(now.attr_line, f"in {now.attr}: {fault}")
        self.add_attribute(now.attr, None if now.dynamic else now.value)
        now.state, now.space = "tag", False
        return text + now.quote

    def value_text(self, text, line):
        now = self.now
        if not now.dynamic:
            now.value += text
            begin = re.sub(r"[\x00-\x20]", "", html_entities.unescape(now.value)).lower()
            if re.match(r"(js|javascript|vbscript):", begin):
                self.errors.add(line, f"the value of {now.attr} is code")
        if now.address is not None:
            for ch in text:
                now.address, fault = Address.literal(now.address, ch)
                if fault:
                    self.errors.add(line, f"in {now.attr}: {fault}")

    # -- elements

    def names(self):
        return [e.name for e in self.now.stack]

    def finish_tag(self, slash):
        now, name, line = self.now, self.now.tag, self.now.tag_line
        foreign = next((n in FOREIGN for n in [name] + self.names()[::-1] if n in FOREIGN | BACK_TO_HTML), False)
        for path in [] if now.broken else now.paths:
            for fault in self.tag_faults(name, path):
                self.errors.add(line, fault)
        self.check_nesting(name, line)
        now.state = "text"
        if slash and name not in VOID and not foreign:
            self.errors.add(line, f"<{name}/> does not close the element; write </{name}>")
        if name in VOID or slash:
            return
        now.stack.append(Element(name, line, wants_token=name == "form" and any(map(self.posts, now.paths))))
        now.state = "raw" if name in RAW else "plain" if name in PLAIN else "text"

    @staticmethod
    def posts(path):
        method = path.get("method", "get")
        return "data-plain" not in path and (method is None or method.strip().lower() == "post")

    def tag_faults(self, name, path):
        if name == "img" and "alt" not in path:
            yield "<img> needs alt (alt=\"\" for decoration)"
        if name == "button" and "type" not in path:
            yield "<button> needs type"
        if "target" in path and (path["target"] or "_blank").lower() == "_blank":
            if "noopener" not in (path.get("rel") or "").lower().split():
                yield 'target="_blank" needs rel="noopener"'
        if name == "meta" and "http-equiv" in path and path.get("content", "") is None:
            yield "<meta http-equiv> needs a literal content"
        if path.get("formmethod", "get") != "get":
            form = next((e for e in reversed(self.now.stack) if e.name == "form"), None)
            if form:
                form.wants_token = True

    def check_nesting(self, name, line):
        open_names = self.names()
        if name in NOT_IN_ITSELF and name in open_names:
            self.errors.add(line, f"<{name}> inside of <{name}>")
        if name in ENDS_P:
            for outer in reversed(open_names):
                if outer in P_SCOPE:
                    break
                if outer == "p":
                    self.errors.add(line, f"<{name}> inside of <p> would end the <p>")
                    break

    def close_element(self, name, line):
        stack = self.now.stack
        if name in VOID:
            self.errors.add(line, f"<{name}> has no closing tag")
            return
        names = self.names()
        floor = len(names) - names[::-1].index(WRAP) if WRAP in names else 0
        if name not in names[floor:]:
            self.errors.add(line, f"</{name}> closes nothing" + (" of this {% wrap %}" if name in names else ""))
            return
        while stack[-1].name != name:
            self.unclosed(stack.pop())
        self.closed(stack.pop())

    def closed(self, element):
        if element.wants_token and not element.has_token:
            self.errors.add(element.line, "this form posts and lacks {% call once(v) %} (or the attribute data-plain)")

    def unclosed(self, element):
        what = "the {% end %} of this {% wrap %}" if element.name == WRAP else f"</{element.name}>"
        self.errors.add(element.line, f"{what} is missing")

    def in_raw(self, cursor, _literal):
        name = self.now.stack[-1].name
        cursor.take(r"\s+")
        if found := cursor.take(rf"</{name}\s*>"):
            self.leave()
            return found.group()
        if cursor.more:
            self.errors.add(cursor.line, f"<{name}> must be empty: code lives in files")
        cursor.take(rf"(?s:.*?)(?=</{name}\s*>|\Z)")
        return ""

    def in_plain(self, cursor, literal):
        name, line, begin = self.now.stack[-1].name, cursor.line, cursor.pos
        if found := cursor.take(rf"</{name}\s*>"):
            self.leave()
            return found.group()
        if cursor.take(r"[^<]+"):
            return self.squeeze(literal, begin, cursor.pos)
        self.errors.add(line, f"only text may stand in <{name}>")
        cursor.take(r"<[^<]*")
        return ""

    def leave(self):
        self.now.stack.pop()
        self.now.state = "text"

    # -- expressions and statements

    def expr(self, line):
        """The C macro for an expression at this place."""
        now = self.now
        if now.state == "value":
            now.dynamic = True
            if now.address is None:
                return "PUT_ATTR"
            now.address, macro, fault = Address.expr(now.address)
            if fault:
                self.errors.add(line, f"in {now.attr}: {fault}")
            return macro
        if now.state == "tag":
            self.break_tag(line, f"{{{{ }}}} cannot stand in the tag <{now.tag}> outside of a quoted value")
        elif now.state == "raw":
            self.errors.add(line, f"{{{{ }}}} cannot stand in <{now.stack[-1].name}>")
        return "PUT_ATTR" if ESCAPED_ONLY & set(self.names()) else "PUT"

    def statement(self, word, line, states):
        """Whether the statement may stand here."""
        now = self.now
        if now.state not in states:
            where = f"<{now.stack[-1].name}>" if now.state in ("raw", "plain") else \
                f"the value of {now.attr}" if now.state == "value" else f"the tag <{now.tag}>"
            self.errors.add(line, f"{{% {word} %}} cannot stand in {where}")

    def msg(self, line):
        self.statement("t", line, ("text", "plain", "value"))
        if self.now.state == "value":
            self.now.dynamic = True
            if self.now.address is not None:
                self.errors.add(line, f"{{% t %}} cannot stand in {self.now.attr}: a sentence is no address")

    def call(self, name, line):
        self.statement("call", line, ("text",))
        form = next((e for e in reversed(self.now.stack) if e.name == "form"), None)
        if name == "once" and form:
            form.has_token = True

    def enter_wrap(self, line):
        """Returns the context for leave_wrap."""
        self.statement("wrap", line, ("text",))
        entered = self.save()
        self.now.state = "text"
        self.now.stack.append(Element(WRAP, line))
        return entered

    def leave_wrap(self, entered, line):
        if self.now.state != "text":
            self.errors.add(line, f"the body of this {{% wrap %}} ends {self.now.place()}")
        if (self.now.state, entered.state) != ("text", "text"):
            self.restore(entered)
            return
        while self.now.stack[-1].name != WRAP:
            self.unclosed(self.now.stack.pop())
        self.now.stack.pop()

    def save(self):
        return copy.deepcopy(self.now)

    def restore(self, context):
        self.now = copy.deepcopy(context)

    def join(self, contexts, word, line):
        """Goes on from all contexts at once: they must be at the same place."""
        first = contexts[0]
        for other in contexts[1:]:
            if other.key() != first.key():
                what = "the body of this {% for %} ends" if word == "for" else "a branch of this {% if %} ends"
                self.errors.add(line, f"{what} {other.place()}, and not {first.place()}")
                self.restore(first)
                self.now.broken = True
                return
        self.restore(first)
        now = self.now
        now.space = all(c.space for c in contexts)
        for depth, element in enumerate(now.stack):
            element.wants_token = any(c.stack[depth].wants_token for c in contexts)
            element.has_token = all(c.stack[depth].has_token for c in contexts)
        now.paths = []
        for path in (path for context in contexts for path in context.paths):
            if path not in now.paths:
                now.paths.append(dict(path))
        if len(now.paths) > PATHS_MAX:
            self.errors.add(line, f"too many {{% if %}} in the tag <{now.tag}>")
            del now.paths[1:]
        if now.state == "value":
            self.join_values(contexts, line)

    def join_values(self, contexts, line):
        now = self.now
        now.dynamic = any(c.dynamic or c.value != now.value for c in contexts)
        if now.address is not None:
            now.address = Address.join(c.address for c in contexts)
            if now.address is None:
                now.address = Address.BAD
                self.errors.add(line, f"in {now.attr}: every branch must give the beginning of the address, or none")

    def end_of_template(self, line):
        if self.now.state in ("tag", "value"):
            self.errors.add(line, f"the template ends {self.now.place()}")
        for element in self.now.stack:
            self.unclosed(element)


# ---------------------------------------------------------------- write C


class Writer:
    """The body of a C function. Literals wait until something else must be printed."""

    def __init__(self, path):
        self.path = path.replace("\\", "\\\\").replace('"', '\\"')
        self.lines = []
        self.pending = ""
        self.depth = 1
        self.at = None  # the template line that the compiler would believe the next C line to be

    def directive(self, line):
        if line != self.at:
            self.lines.append(f'#line {line} "{self.path}"')
            self.at = line

    def put(self, text):
        for one in ("    " * self.depth + text).split("\n"):
            self.lines.append(one.rstrip())
            if self.at is not None:
                self.at += 1

    def literal(self, text):
        self.pending += text

    def flush(self):
        for chunk in c_chunks(self.pending):
            indent = "\n" + "    " * self.depth + " " * len("OUT_LIT(o, ")
            self.put(f"OUT_LIT(o, {indent.join(c_string_lines(chunk))});")
        self.pending = ""

    def declare(self, text, line):
        """Prints nothing, so the literals may go on waiting."""
        self.directive(line)
        self.put(text)

    def code(self, text, line):
        self.flush()
        self.declare(text, line)

    def open(self, text, line):
        self.code(text, line)
        self.depth += 1

    def close(self):
        self.flush()
        self.depth -= 1
        self.put("}")


class Walk:
    """Visits the nodes of one template; leaves one C function, or two around its {% body %}."""

    def __init__(self, template, path, errors):
        self.template, self.path = template, path
        self.html = Html(errors)
        self.writers = []
        self.wraps = []  # the lines of the open wraps
        self.uses_msg = False
        self.begin_function()
        self.visit(template.nodes)
        self.writer.flush()
        self.html.end_of_template(template.end_line)

    def begin_function(self):
        self.writer = Writer(self.path)
        self.writers.append(self.writer)
        for name in ["o"] + self.template.names:
            self.writer.put(f"(void){name};")

    def visit(self, nodes):
        for node in nodes:
            getattr(self, f"visit_{type(node).__name__.lower()}")(node)

    def visit_literal(self, node):
        self.writer.literal(self.html.literal(node))

    def visit_expr(self, node):
        macro = self.html.expr(node.line)
        code = node.code if macro == "put_url" else c_macro_argument(node.code)
        self.writer.code(f"{macro}(o, {code});", node.line)

    def visit_msg(self, node):
        self.html.msg(node.line)
        self.uses_msg = True
        args = "".join(f", .{name} = {code}" for name, code in node.args)
        self.writer.code(f"put_msg(o, v->lang, (msg){{.key = L_{node.key}{args}}});", node.line)

    def visit_say(self, node):
        self.html.msg(node.line)
        self.uses_msg = True
        self.writer.code(f"put_msg(o, v->lang, {node.code});", node.line)

    def visit_set(self, node):
        self.html.statement("set", node.line, ("text", "plain", "value", "tag"))
        self.writer.declare(f"{node.code};", node.line)

    def visit_call(self, node):
        self.html.call(node.name, node.line)
        self.writer.code(self.c_call(node), node.line)

    @staticmethod
    def c_call(node, part=""):
        return f"tpl_{node.name}{part}(o{', ' + node.args if node.args else ''});"

    def visit_if(self, node):
        self.html.statement("if", node.line, ("text", "plain", "value", "tag"))
        start, ends, writer = self.html.save(), [], self.writer
        for condition, line, nodes in node.branches:
            word = "else " if ends else ""
            self.html.restore(start)
            writer.open(f"{word}if ({condition}) {{" if condition is not None else "else {", line)
            self.visit(nodes)
            writer.close()
            ends.append(self.html.save())
        if node.branches[-1][0] is not None:
            ends.insert(0, start)
        self.html.join(ends, "if", node.line)

    def visit_for(self, node):
        self.html.statement("for", node.line, ("text", "plain", "value"))
        start, writer, var, line = self.html.save(), self.writer, node.var, node.line
        writer.open(f"for (size_t {var}_index = 0; {var}_index < ({node.code}).len; {var}_index++) {{", line)
        writer.declare(f"const __typeof__(*({node.code}).items) *{var} = &({node.code}).items[{var}_index];", line)
        writer.declare(f"(void){var};", line)
        self.visit(node.nodes)
        writer.close()
        self.html.join([start, self.html.save()], "for", line)

    def visit_wrap(self, node):
        entered = self.html.enter_wrap(node.line)
        self.writer.code(self.c_call(node, "_open"), node.line)
        self.writer.open("{", node.line)
        self.wraps.append(node.line)
        self.visit(node.nodes)
        self.wraps.pop()
        self.writer.close()
        self.html.leave_wrap(entered, node.line)
        self.writer.code(self.c_call(node, "_close"), node.line)

    def visit_body(self, node):
        self.html.statement("body", node.line, ("text",))
        self.writer.flush()
        for _ in self.wraps:
            self.writer.close()
        self.begin_function()
        for line in self.wraps:
            self.writer.open("{", line)

    def c_functions(self):
        for part, writer in zip(self.template.parts, self.writers):
            text = "\n".join(writer.lines)
            yield f'#line {self.template.line} "{writer.path}"\n{self.template.prototype(part)}\n{{\n{text}\n}}\n'


# ---------------------------------------------------------------- files

HEAD = """/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Generated by tools/tplc.py from {path}; change that file, not this one. */
"""

@dataclass
class Compiled:
    stem: str
    header: str
    source: str
    templates: list


def header_text(path, stem, includes, templates):
    guard = "VECHE_TPL_" + re.sub(r"\W", "_", stem).upper() + "_H"
    quoted = Writer(path).path
    wanted = ['#include "base/html.h"'] + [f"#include {name}" for name in includes]
    prototypes = [f'#line {t.line} "{quoted}"\n{t.prototype(part)};' for t in templates for part in t.parts]
    return (HEAD.format(path=path) + f"#ifndef {guard}\n#define {guard}\n\n" + "\n".join(wanted) + "\n\n"
            + "\n".join(prototypes) + "\n\n#endif\n")


def source_text(path, stem, walks):
    functions = [text for walk in walks for text in walk.c_functions()]
    lang = '#include "base/lang.h"\n' if any(walk.uses_msg for walk in walks) else ""
    return HEAD.format(path=path) + f'#include "{stem}.tpl.h"\n{lang}\n' + "\n".join(functions)


def compile_template(path, source):
    """Returns (Compiled, Errors); Compiled means something only without errors."""
    errors, stem = Errors(path), Path(path).stem
    source = source.removeprefix("\ufeff").replace("\r\n", "\n")
    if "\0" in source:
        errors.add(source.count("\n", 0, source.index("\0")) + 1, "a NUL byte")
    includes, templates = Parser(source, errors).parse()
    walks = [Walk(template, path, errors) for template in templates]
    if not templates and not errors.found:
        errors.add(1, "there is no {% template %} in this file")
    return Compiled(stem, header_text(path, stem, includes, templates), source_text(path, stem, walks), templates), errors


def compile_files(paths):
    """Returns (list of Compiled, list of error lines); reads every file, whatever is wrong with the others."""
    done, errors, stems, names = [], [], {}, {}
    for path in paths:
        try:
            source = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as why:
            errors.append(f"{path}:1: cannot be read: {why}")
            continue
        compiled, found = compile_template(path, source)
        if compiled.stem in stems:
            found.add(1, f"has the same name as {stems[compiled.stem]}")
        stems[compiled.stem] = path
        for template in compiled.templates:
            if template.name in names:
                found.add(template.line, f"the template {template.name} is also in {names[template.name]}")
            names[template.name] = f"{path}:{template.line}"
        done.append(compiled)
        errors += found.lines()
    return done, errors


def main(argv=None):
    parser = argparse.ArgumentParser(description="Compiles HTML templates to C.")
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="where the .tpl.c and .tpl.h go")
    parser.add_argument("files", nargs="+", metavar="FILE.html")
    args = parser.parse_args(argv)
    done, errors = compile_files(args.files)
    if errors:
        print("\n".join(errors), file=sys.stderr)
        return 1
    args.out.mkdir(parents=True, exist_ok=True)
    for compiled in done:
        (args.out / f"{compiled.stem}.tpl.h").write_text(compiled.header, encoding="utf-8")
        (args.out / f"{compiled.stem}.tpl.c").write_text(compiled.source, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How pages look: one style sheet inside each, allowed by its own hash, so that nothing else can run or load."""

import base64
import hashlib

CSS = """
:root { color-scheme: dark light; --back: #14151b; --panel: #1e2029; --line: #323644; --ink: #f5f6f8; --soft: #b4bac8;
  --faint: #8a91a3; --accent: #5cc0f7; --on-accent: #101116; --wild: #ffa64d; }
@media (prefers-color-scheme: light) { :root { --back: #f7f7f9; --panel: #fff; --line: #c3c8d4; --ink: #16181f;
  --soft: #4b5263; --faint: #676e80; --accent: #0a6aa8; --on-accent: #fff; --wild: #a85400; } }
* { box-sizing: border-box; margin: 0; }
body { background: var(--back); color: var(--ink); font: 16px/1.45 Inter, system-ui, -apple-system, "Segoe UI", Roboto,
  "Noto Sans", sans-serif; -webkit-text-size-adjust: 100%;
  overflow-wrap: anywhere; padding: clamp(1rem, 4vw, 3rem) 1rem 3rem; }
main { max-width: 44rem; margin: 0 auto; }
a { color: inherit; }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 6px; }
header { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-end; margin-bottom: 1.75rem; }
header img { width: 11rem; height: 11rem; border-radius: 14px; display: block;
  box-shadow: 0 8px 30px rgb(0 0 0 / .35); }
header div { flex: 1 1 15rem; min-width: 0; }
.eyebrow { color: var(--accent); font-size: .8rem; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; }
h1 { font-size: clamp(1.7rem, 6vw, 2.4rem); line-height: 1.12; letter-spacing: -.02em; margin: .25rem 0 .5rem;
  }
.meta { color: var(--soft); }
.note { color: var(--soft); border-left: 3px solid var(--accent); padding-left: .9rem; margin-bottom: 1.5rem; }
.take { display: flex; flex-wrap: wrap; gap: .6rem; margin-bottom: 2rem; padding: 0; list-style: none; }
.take a { display: inline-block; padding: .6rem 1.1rem; border-radius: 99px; text-decoration: none; font-weight: 600;
  background: var(--panel); border: 1px solid var(--line); }
.take a.first { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
ol { list-style: none; padding: 0; counter-reset: place; }
ol > li { counter-increment: place; position: relative; padding: 1.05rem 0 1.15rem 2.9rem;
  border-top: 1px solid var(--line); }
ol > li::before { content: counter(place); position: absolute; left: 0; top: 1.05rem; width: 2.1rem;
  color: var(--faint); font-weight: 700; font-variant-numeric: tabular-nums; }
h2 { font-size: 1.06rem; line-height: 1.3; }
.by { color: var(--soft); }
.by span { color: var(--faint); }
.why { color: var(--soft); font-size: .93rem; margin-top: .35rem; padding: 0; list-style: none;
  }
.why li::before { content: "\\2192"; color: var(--accent); margin-right: .5rem; }
.wild { color: var(--wild); font-size: .8rem; font-weight: 600; border: 1px solid; border-radius: 99px;
  padding: .05rem .55rem; margin-left: .4rem; white-space: nowrap; vertical-align: .1em; }
.at { display: flex; flex-wrap: wrap; gap: .45rem; margin-top: .7rem; padding: 0; list-style: none; }
.at a { display: inline-block; font-size: .88rem; padding: .34rem .8rem; border-radius: 99px; text-decoration: none;
  background: var(--panel); border: 1px solid var(--line); }
.at a.search { background: none; border-style: dashed; color: var(--soft); }
.take a:hover, .at a:hover { border-color: var(--accent); }
footer { color: var(--faint); font-size: .88rem; margin-top: 2rem; padding-top: 1.2rem;
  border-top: 1px solid var(--line); }
.word { font-size: clamp(2.4rem, 12vw, 3.6rem); font-weight: 700; letter-spacing: .12em; margin: 1.4rem 0;
  font-variant-numeric: slashed-zero; user-select: all; }
.lost .note { margin: 0 auto; max-width: 30rem; text-align: left; }
.lost { min-height: 70vh; display: grid; place-content: center; text-align: center; }
@media (max-width: 30rem) { header img { width: 7.5rem; height: 7.5rem; } ol > li { padding-left: 2.2rem; } }
@media print { .at, .take { display: none; } }
"""

_HASH = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
_ALWAYS = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"

POLICY = f"{_ALWAYS}; img-src 'self'; frame-ancestors 'none'"
"""What a served page may do: show our style and our pictures. No script runs, nothing is loaded from elsewhere."""

FILE_POLICY = f"{_ALWAYS}; img-src data:"
"""The same for a page that is handed over as a file, with its picture inside."""

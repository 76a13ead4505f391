"""Record what a cell prints and shows, in order, and show it again on a hit.

IPython offers no hook that sees all of it: its capture loses the order of text and figures. So for the time of a
cell ``write`` of both streams, ``publish`` and ``clear_output`` of the display publisher and ``write_format_data`` of
the display hook are replaced by functions that note what passes and pass it on.

Events, as they are stored:

    {"stream": "stdout", "text": …}
    {"display": {mime: data}, "metadata": {…}, "id"?: n, "name"?: the id that the cell itself gave, "update"?: true}
    {"result": {mime: data}, "metadata": {…}}
    {"clear": wait}
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import select
import sys
import threading
import time
from typing import Any, Callable, Dict, List, Optional

from . import status

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

# What an unknown signer may show: text, and raster images by how they begin. All else can carry code or links that run it:
# HTML, JavaScript, SVG, Markdown with HTML in it, LaTeX (\href of javascript:), PDF, and the JSON of widgets, Vega or Plotly, which
# renderers evaluate. Nor do metadata pass.
_RASTER = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}
_MADE_ID = re.compile(r"[0-9a-f]{32}\Z")  # a display's id that IPython made
_CONTROL = re.compile("\x1b(?!\\[[0-9;]*m)|[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")  # but for tabs, lines and colours
_WIDGET = "application/vnd.jupyter.widget-view+json"
_BAR = re.compile(r"\s*(.*: +)?(\d+%\||\d+(it)? \[)", re.DOTALL)  # tqdm's
MAX_BYTES = 64 << 20
MAX_EVENTS = 100_000


class Recorder:
    """Records while it is entered; ``events`` is None if there was more than can be kept."""

    def __init__(self, shell: Any = None, this_thread: bool = False):
        self.shell = shell
        self.events: Optional[List[Dict[str, Any]]] = []
        self._thread = threading.get_ident() if this_thread else None
        self._ids: Dict[str, int] = {}
        self._size = 0

    def __enter__(self) -> "Recorder":
        self._children = _children()
        _install(self)
        return self

    def __exit__(self, *exc: Any) -> None:
        if self.shell is not None:
            _wait_for_children(ended=self._children != _children())
        _remove(self)
        self._fix_bars()

    def _fix_bars(self) -> None:
        """Keep progress bars as the text that they end with: a widget lives in the kernel that made it, and elsewhere is an error."""
        for event in list(self.events or ()):
            data = event.get("display", {})
            bar = data.get(_WIDGET)
            if isinstance(bar, dict) and _BAR.match(data.get("text/plain", "")):
                widget = _widget(bar.get("model_id"))
                if widget is None:  # one that goes when it is done
                    self.events.remove(event)
                else:
                    event["display"] = {"text/plain": repr(widget)}

    def text(self, stream: str, text: str) -> None:
        if not self._wants(len(text)) or not text or getattr(_passing, "on", False):
            return
        last = self.events[-1] if self.events else None
        if last is not None and last.get("stream") == stream and len(last["text"]) < 1 << 16:
            last["text"] += text
        else:
            self.events.append({"stream": stream, "text": text})

    def display(self, data: Any, metadata: Any, transient: Any, update: bool) -> None:
        event = _bundle("display", data, metadata)
        if event is None or not self._wants(_length(event)):
            return
        ident = (transient or {}).get("display_id")
        if ident is not None:
            made = not isinstance(ident, str) or _MADE_ID.match(ident)
            if update and made and ident not in self._ids:
                return  # a display of another cell
            event["id"] = self._ids.setdefault(ident, len(self._ids))
            if not made:
                event["name"] = ident
        if update:
            event["update"] = True
        self.events.append(event)

    def result(self, data: Any, metadata: Any) -> None:
        event = _bundle("result", data, metadata)
        if event is not None and self._wants(_length(event)):
            self.events.append(event)

    def clear(self, wait: bool) -> None:
        if self._wants(0):
            self.events.append({"clear": bool(wait)})

    def _wants(self, size: int) -> bool:
        if getattr(status.saying, "on", False):
            return False
        if self.events is None or (self._thread is not None and threading.get_ident() != self._thread):
            return False
        self._size += size
        if self._size > MAX_BYTES or len(self.events) > MAX_EVENTS:
            self.events = None
            return False
        return True


def replay(events: List[Dict[str, Any]], shell: Any, trusted: bool) -> List[str]:
    """Show recorded events again. Returns the kinds of content left out because their signer isn't trusted."""
    if not _well_formed(events):
        return ["damaged output"]
    left_out: Dict[str, None] = {}
    ids: Dict[int, str] = {}
    for event in events:
        if "stream" in event:
            stream = sys.stderr if event["stream"] == "stderr" else sys.stdout
            stream.write(event["text"] if trusted else _CONTROL.sub("", event["text"]))
            stream.flush()
            continue
        if shell is None:
            continue
        if "clear" in event:
            shell.display_pub.clear_output(wait=event["clear"])
            continue
        kind = "result" if "result" in event else "display"
        data, metadata = event[kind], event.get("metadata", {})
        if not trusted:
            safe = {mime: _CONTROL.sub("", value) for mime, value in data.items() if _is_safe(mime, value)}
            left_out.update(dict.fromkeys(mime for mime in data if mime not in safe))
            data, metadata = safe, {}
            if not data:
                continue
        if kind == "result":
            _show_result(shell, data, metadata)
            continue
        transient = {}
        if "id" in event:
            name = event.get("name") if trusted else None  # a stranger changes no display of another cell
            if event.get("update") and event["id"] not in ids and name is None:
                continue
            transient = {"display_id": ids.setdefault(event["id"], name or os.urandom(16).hex())}
        shell.display_pub.publish(data=data, metadata=metadata, transient=transient, update=bool(event.get("update")))
    return list(left_out)


def _is_safe(mime: str, value: Any) -> bool:
    """Whether an unknown signer may show this. An image is one by its content, and nothing but base64: some exporters
    paste it into HTML as it is."""
    if not isinstance(value, str):
        return False
    if mime not in _RASTER:
        return mime == "text/plain"
    try:
        return base64.b64decode("".join(value.split()), validate=True).startswith(_RASTER[mime])
    except (ValueError, binascii.Error):
        return False


def _show_result(shell: Any, data: Dict[str, Any], metadata: Dict[str, Any]) -> None:
    hook = shell.displayhook
    hook.start_displayhook()
    hook.write_output_prompt()
    hook.write_format_data(data, metadata)
    hook.finish_displayhook()


def _well_formed(events: Any) -> bool:
    if not isinstance(events, list) or len(events) > MAX_EVENTS + 1:
        return False
    for event in events:
        if not isinstance(event, dict):
            return False
        if "stream" in event:
            if not isinstance(event.get("text"), str) or event["stream"] not in ("stdout", "stderr"):
                return False
        elif "clear" not in event:
            data = event.get("result", event.get("display"))
            if not isinstance(data, dict) or not isinstance(event.get("metadata", {}), dict):
                return False
            if not isinstance(event.get("id", 0), int) or not isinstance(event.get("name", ""), str):
                return False
    return True


def _bundle(kind: str, data: Any, metadata: Any) -> Optional[Dict[str, Any]]:
    """A mime bundle as JSON can hold it: images come as bytes from some libraries."""
    plain = {
        mime: base64.b64encode(value).decode("ascii") if isinstance(value, (bytes, bytearray)) else value
        for mime, value in (data or {}).items()
    }
    try:
        return json.loads(json.dumps({kind: plain, "metadata": metadata or {}}))
    except (TypeError, ValueError):
        plain = {mime: value for mime, value in plain.items() if isinstance(value, str)}
        return {kind: plain, "metadata": {}}


def _widget(model: Any) -> Any:
    """The live widget of a model, if there is one."""
    module = sys.modules.get("ipywidgets.widgets.widget")
    return getattr(module, "_instances", {}).get(model) if module is not None else None


def _length(event: Dict[str, Any]) -> int:
    return sum(len(v) if isinstance(v, str) else 200 for k in ("display", "result") for v in event.get(k, {}).values())


# The replaced functions. One set serves all recorders that are active, so that they may nest and overlap.

_lock = threading.RLock()
_active: List[Recorder] = []
_undo: List[Any] = []


def _install(recorder: Recorder) -> None:
    with _lock:
        _active.append(recorder)
        if len(_active) == 1:
            _tee("stdout")
            _tee("stderr")
        if recorder.shell is not None and not any(r.shell is recorder.shell for r in _active[:-1]):
            _wrap_shell(recorder.shell)


def _remove(recorder: Recorder) -> None:
    with _lock:
        _active.remove(recorder)
        if not _active:
            while _undo:
                _undo.pop()()


def _children() -> Any:
    """What changes when a child process has ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN) if resource is not None else None


def _wait_for_children(ended: bool) -> None:
    """Let a kernel's streams take what child processes wrote: it comes to them through pipes that a thread reads, and what is no longer
    in a pipe need not be in the stream yet."""
    pipes = [getattr(stream, "_fid", None) for stream in (sys.stdout, sys.stderr) if getattr(stream, "watch_fd_thread", None)]
    pipes = [pipe for pipe in pipes if isinstance(pipe, int)]
    end = time.monotonic() + 0.2
    found = ended and bool(pipes)
    try:
        while pipes and time.monotonic() < end and select.select(pipes, [], [], 0)[0]:
            found = True
            time.sleep(0.002)
    except (OSError, ValueError):  # closed, or Windows, where pipes can't be asked
        return
    if found:
        time.sleep(0.1)  # from reading to writing, on a busy machine


def _tee(name: str) -> None:
    stream = getattr(sys, name)
    if stream is None:
        return
    write = stream.write

    def teed(text: str, *args: Any) -> Any:
        if isinstance(text, str):
            for recorder in tuple(_active):
                recorder.text(name, text)
        return write(text, *args)

    try:
        stream.write = teed
    except AttributeError:  # a stream of C, in a terminal
        proxy = _Proxy(stream, teed)
        setattr(sys, name, proxy)
        _undo.append(lambda: getattr(sys, name) is proxy and setattr(sys, name, stream))
        return

    def restore() -> None:
        if stream.__dict__.get("write") is teed:
            del stream.write

    _undo.append(restore)


class _Proxy:
    def __init__(self, stream: Any, write: Any):
        self.__dict__.update(_stream=stream, write=write)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)


_passing = threading.local()  # on while a thread passes on what is recorded: a shell in a terminal writes it to its stdout


def _passed(do: Callable[..., Any], *args: Any, **kw: Any) -> Any:
    before = getattr(_passing, "on", False)
    _passing.on = True
    try:
        return do(*args, **kw)
    finally:
        _passing.on = before


def _wrap_shell(shell: Any) -> None:
    publisher, hook = shell.display_pub, shell.displayhook
    publish, clear, write_data, write_prompt = publisher.publish, publisher.clear_output, hook.write_format_data, hook.write_output_prompt

    def publish_(data: Any = None, metadata: Any = None, *args: Any, **kw: Any) -> Any:
        for recorder in tuple(_active):
            recorder.display(data, metadata, kw.get("transient"), bool(kw.get("update")))
        return _passed(publish, data, metadata, *args, **kw)

    def clear_(wait: bool = False) -> Any:
        for recorder in tuple(_active):
            recorder.clear(wait)
        return _passed(clear, wait)

    def write_data_(format_dict: Any, md_dict: Any = None, *args: Any) -> Any:
        for recorder in tuple(_active):
            recorder.result(format_dict, md_dict)
        return _passed(write_data, format_dict, md_dict, *args)

    def write_prompt_() -> Any:
        return _passed(write_prompt)

    for owner, name, new in (
        (publisher, "publish", publish_),
        (publisher, "clear_output", clear_),
        (hook, "write_format_data", write_data_),
        (hook, "write_output_prompt", write_prompt_),
    ):
        _replace(owner, name, new)


def _replace(owner: Any, name: str, new: Any) -> None:
    before = vars(owner).get(name)
    setattr(owner, name, new)

    def restore() -> None:
        if vars(owner).get(name) is new:
            if before is None:
                delattr(owner, name)
            else:
                setattr(owner, name, before)

    _undo.append(restore)

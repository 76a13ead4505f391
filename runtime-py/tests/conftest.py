"""A real kernel to run cells in, with a configuration folder of its own."""

import os
import queue
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

PACKAGE = Path(__file__).parents[1]
OTHER = os.environ.get("XETCACHE_UNDER_TEST")  # another package of the name, for test_defects.py alone


@pytest.fixture(scope="session", autouse=True)
def linter():
    """The analyser that kernels find: the one of this checkout, unless XETMEMO_LINT names another."""
    if not os.environ.get("XETMEMO_LINT") and shutil.which("go"):
        subprocess.run(["go", "build", "-o", "xetmemo-lint", "./cmd/xetmemo-lint"], cwd=PACKAGE.parent, check=True)
        os.environ["XETMEMO_LINT"] = str(PACKAGE.parent / "xetmemo-lint")
    return os.environ.get("XETMEMO_LINT")


class Outcome:
    """What one cell sent to its frontend."""

    def __init__(self):
        self.messages = []
        self.error = None
        self.traceback = []
        self.status = None

    def stream(self, name):
        return "".join(c["text"] for kind, c in self.messages if kind == "stream" and c["name"] == name)

    @property
    def stdout(self):
        return "".join(line for line in self.stream("stdout").splitlines(True) if not line.startswith("xetmemo: "))

    @property
    def lines(self):
        """The runtime's own lines."""
        found = [line for line in self.stream("stdout").splitlines() if line.startswith("xetmemo: ")]
        return [line[len("xetmemo: "):] for line in found]

    @property
    def result(self):
        for kind, content in self.messages:
            if kind == "execute_result":
                return content["data"].get("text/plain")
        return None

    @property
    def shown(self):
        """What a reader sees, in order, without the runtime's lines and the ids of displays."""
        found = []
        for kind, content in self.messages:
            if kind == "stream":
                text = "".join(x for x in content["text"].splitlines(True) if not x.startswith("xetmemo: "))
                if found and found[-1][0] == kind and found[-1][1] == content["name"]:
                    found[-1] = (kind, content["name"], found[-1][2] + text)
                elif text:
                    found.append((kind, content["name"], text))
            elif kind in ("display_data", "execute_result", "update_display_data"):
                found.append((kind, content["data"], content["metadata"]))
            elif kind == "clear_output":
                found.append((kind, content["wait"]))
        return found


class Kernel:
    """One ipykernel in a folder."""

    def __init__(self, folder, **env):
        self.manager = KernelManager(kernel_name="python3")
        self.manager.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self.manager.kernel_spec.argv[0] = sys.executable
        whole = {**os.environ, "PYTHONPATH": OTHER or str(PACKAGE), "XETCACHE_CONFIG_DIR": str(Path(folder) / ".config"), "XETMEMO_LINE": "long", **env}
        whole.pop("PYTEST_CURRENT_TEST", None)  # with it ipykernel leaves out what child processes write
        self.manager.start_kernel(cwd=str(folder), env=whole, stderr=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, source, timeout=60):
        self.start(source)
        return self.wait(timeout)

    def start(self, source):
        self.pending = self.client.execute(source)

    def wait(self, timeout=60):
        outcome = Outcome()
        end = time.monotonic() + timeout
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=max(0.1, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError("the cell did not finish") from None
            if message["parent_header"].get("msg_id") != self.pending:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                break
            if kind == "error":
                outcome.error = f"{content['ename']}: {content['evalue']}"
                outcome.traceback.append("\n".join(content["traceback"]))
            if kind not in ("status", "execute_input"):
                outcome.messages.append((kind, content))
        while True:  # replies to kernel_info requests of the start may still come
            reply = self.client.get_shell_msg(timeout=30)
            if reply["parent_header"].get("msg_id") == self.pending:
                outcome.status = reply["content"]["status"]
                return outcome

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def kernels(tmp_path):
    """Starts kernels in the test's folder: ``kernels()``; all are stopped at the end."""
    started = []

    def start(folder=tmp_path, **env):
        started.append(Kernel(folder, **env))
        return started[-1]

    yield start
    for kernel in started:
        kernel.stop()


@pytest.fixture
def memo_folder(tmp_path, monkeypatch):
    """An empty store and configuration for tests inside this process, with a threshold of 0."""
    import xetcache
    from xetcache.source import local

    monkeypatch.setenv("XETCACHE_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("xetcache.config._memo_path", str(tmp_path / "xmemo"))
    monkeypatch.setattr("xetcache.config._threshold", 0.0)
    monkeypatch.setattr("xetcache.notebook.status._warned", set())
    # The tests' own functions go by name, as a library's do: what they count with changes.
    folders = local._library_folders() + (os.path.dirname(os.path.realpath(__file__)) + os.sep,)
    monkeypatch.setattr(local, "_library_folders", lambda: folders)
    local._is_own.cache_clear()
    assert xetcache.get_memo_path() == str(tmp_path / "xmemo")
    return tmp_path / "xmemo"

"""The notebook of the post that the project began with, in auto mode, with a stand-in for OpenAI's client that counts its calls."""

import http.server
import json
import threading

import numpy  # noqa: F401  (imported once, in the process that is forked)
import pandas  # noqa: F401
import pytest

from stepped import Stepped

matplotlib = pytest.importorskip("matplotlib")
pytest.importorskip("sklearn.neighbors")

# A library as far as anybody can tell: it lies under site-packages, and asks a server.
OPENAI = '''
import json, time, types, urllib.request

class RateLimitError(Exception):
    pass

class OpenAI:
    def __init__(self, max_retries=2, timeout=None):
        self.timeout = timeout
        self.chat = types.SimpleNamespace(completions=_Completions(self))
        self.embeddings = _Embeddings(self)

    def ask(self, **what):
        time.sleep(0.02)
        data = json.dumps(what).encode()
        with urllib.request.urlopen("http://127.0.0.1:PORT/", data, timeout=self.timeout) as f:
            return json.load(f)

class _Completions:
    def __init__(self, client):
        self._client = client
    def create(self, **what):
        text = self._client.ask(**what)["text"]
        return types.SimpleNamespace(choices=[types.SimpleNamespace(message=types.SimpleNamespace(content=text))])

class _Embeddings:
    def __init__(self, client):
        self._client = client
    def create(self, **what):
        return types.SimpleNamespace(data=[types.SimpleNamespace(embedding=self._client.ask(**what)["embedding"])])
'''

QUESTION_ANSWERER = '''def question_answerer(client, question, context):
    system_prompt = "You are an assistant for question-answering tasks."
    user_prompt = f"Question: {question} \\nContext: {context} \\nAnswer:"
    response = client.chat.completions.create(
        messages=[{"role": "system", "content": system_prompt}, {"role": "user", "content": user_prompt}],
        model="gpt-3.5-turbo",
        temperature=0.0,
    )
    response = response.choices[0].message.content
    return response'''

CELLS = [
    "import json\nimport pandas as pd\nimport pickle\nimport openai\nimport functools\nimport numpy as np\nimport concurrent.futures\nimport time\nimport matplotlib.pyplot as plt",
    "d = pd.read_json('data/squad2.json')['data']\nall_paragraphs = [paragraph['context'] for ent in d for paragraph in ent['paragraphs']]",
    """all_qa = []
paragraph_id = 0
for ent in d:
    for paragraph in ent['paragraphs']:
        for qa in paragraph['qas']:
            if len(qa['answers']) > 0 and qa['is_impossible'] == False:
                all_qa.append((paragraph_id, qa['question'], qa['answers'][0]['text']))
        paragraph_id += 1""",
    "len(all_qa)",
    "print(all_paragraphs[3])\nprint(all_paragraphs[10])",
    "client = openai.OpenAI(max_retries=5,timeout=10)",
    QUESTION_ANSWERER,
    "para_id, question, answer = all_qa[0]\nprint('Context: ', all_paragraphs[para_id])\nprint('Question: ', question)",
    "response = question_answerer(client, question, all_paragraphs[para_id])\nprint(response)",
    '''def is_same(client, question, a1, a2):
    user_prompt = f"Question: {question} \\\\Answer 1: {a1} \\nAnswer 2: {a2}"
    response = client.chat.completions.create(
        messages=[{"role": "system", "content": "Say 'Yes' if both answers have the same meaning"}, {"role": "user", "content": user_prompt}],
        model="gpt-3.5-turbo",
        temperature=0.0
    )
    response = response.choices[0].message.content == 'Yes'
    return response''',
    "answer",
    'is_same(client, question, answer, "Late 1990s")',
    'is_same(client, question, answer, "Late 1980s")',
    "import numpy as np\nsub_qa = all_qa[0:len(all_qa):4]",
    """def do_work(client, question, true_answer, context):
    response = question_answerer(client, question, context)
    evaluation = is_same(client, question, true_answer, response)
    return true_answer, response, evaluation""",
    """responses = []
evaluations = []
ctr = 0
for ent in sub_qa:
    para_id, question, true_answer = ent
    try:
        true_answer, response, evaluation = do_work(client, question, true_answer, all_paragraphs[para_id])
    except openai.RateLimitError:
        time.sleep(10)
        true_answer, response, evaluation = do_work(client, question, true_answer, all_paragraphs[para_id])
    ctr += 1
    print(f"Correct Answer: {true_answer}, Response: {response}, Eval: {evaluation}. {ctr}/{len(sub_qa)}")
    responses.append(response)
    evaluations.append(evaluation)""",
    """df = pd.DataFrame()
df['context'] = [all_paragraphs[i[0]] for i in sub_qa]
df['question'] = [i[1] for i in sub_qa]
df['answer'] = [i[2] for i in sub_qa]
df['response'] = responses
df['evaluations'] = evaluations""",
    "df",
    "accuracy = df['evaluations'].sum() / len(df)\nprint(f\"{accuracy*100}% accuracy\")",
    """ctr = 0
def embed_entry(text):
    global ctr
    while True:
        try:
            response = client.embeddings.create(input=text, model='text-embedding-ada-002', encoding_format='float')
            ctr += 1
            if ctr % 100 == 0:
                print(ctr)
        except openai.RateLimitError as e:
            time.sleep(1)
            continue
        break
    return response.data[0].embedding

def generate_openai_embeddings(client, textlist):
    with concurrent.futures.ThreadPoolExecutor(max_workers=16) as executor:
        ret = list(executor.map(embed_entry, textlist))
    return ret""",
    "par_embeddings = generate_openai_embeddings(client, all_paragraphs)\npar_embeddings = np.array(par_embeddings)",
    "qn_embeddings = generate_openai_embeddings(client, [q[1] for q in all_qa])\nqn_embeddings = np.array(qn_embeddings)",
    "from sklearn.neighbors import NearestNeighbors",
    "par_embeddings_arr = par_embeddings\nqn_embeddings_arr = qn_embeddings",
    """nbrs = NearestNeighbors(n_neighbors=5, algorithm='ball_tree')
nbrs.fit(par_embeddings_arr)
knn = nbrs.kneighbors(qn_embeddings_arr)""",
    """truth = np.array([i[0] for i in all_qa])
_, nearest_paragraphs = knn
p_at = []
p_at.append((nearest_paragraphs[:,0] == truth).sum())
for i in range(1,5):
    p = (nearest_paragraphs[:,i] == truth).sum()
    p_at.append(p_at[i-1] + p)""",
    "openai_embedding_recall_at_n = np.array(p_at) / len(nearest_paragraphs)\nprint(openai_embedding_recall_at_n)",
    "plt.style.use('fivethirtyeight')\nplt.plot(openai_embedding_recall_at_n, label=\"Vector Embedding Only\")\nplt.ylabel('Recall Rate')\nplt.legend()\nplt.show()",
]
PLOT = len(CELLS) - 1


class Server:
    """Answers as a model might, the same to the same question, and counts."""

    def __init__(self):
        self.calls = 0
        self.lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(handler):
                with self.lock:
                    self.calls += 1
                asked = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
                number = sum(json.dumps(asked).encode()) % 97
                said = {"text": "Yes" if number % 2 else f"answer {number}", "embedding": [float(number * k % 13) for k in range(6)]}
                handler.send_response(200)
                handler.end_headers()
                handler.wfile.write(json.dumps(said).encode())

            def log_message(self, *args):
                pass

        class Listening(http.server.ThreadingHTTPServer):
            request_queue_size = 64

        self.server = Listening(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]

    def taken(self):
        calls, self.calls = self.calls, 0
        return calls


@pytest.fixture
def server(tmp_path):
    server = Server()
    library = tmp_path / "site-packages" / "openai"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text(OPENAI.replace("PORT", str(server.port)))
    paragraphs = [
        {"context": f"Paragraph {p} of {e}.", "qas": [{"question": f"What is {q} in {p} of {e}?", "answers": [{"text": f"it is {q}"}], "is_impossible": False} for q in range(2)]}
        for e in range(3) for p in range(4)
    ]  # fmt: skip
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "squad2.json").write_text(json.dumps({"data": [{"title": str(e), "paragraphs": paragraphs[4 * e : 4 * e + 4]} for e in range(3)]}))
    yield server
    server.server.shutdown()


def run_all(folder, cells, *first):
    shell = Stepped(folder, f"import sys; sys.path.append({str(folder / 'site-packages')!r})", "%matplotlib inline", *first)
    found = [shell.run(cell) for cell in cells]
    shell.stop()
    return found


def test_calls_are_made_once(server, tmp_path):
    # Every cell is stored: which ones are worth it is measured, and a busy machine measures otherwise.
    auto = "import xetcache\nxetcache.set_runtime_threshold(0)\n%xetmemo auto"
    plain = run_all(tmp_path, CELLS)
    whole = server.taken()
    assert whole == 3 + 2 * 6 + 12 + 24, [shown for shown, _, _ in plain]

    cold = run_all(tmp_path, CELLS, auto)
    assert server.taken() == whole
    warm = run_all(tmp_path, CELLS, auto)
    assert server.taken() == 0, [(i, lines) for i, (_, _, lines) in enumerate(warm) if lines]
    for ran in (cold, warm):
        assert [shown for shown, _, _ in ran] == [shown for shown, _, _ in plain]

    plotted = [*CELLS[:PLOT], CELLS[PLOT].replace("Recall Rate", "Recall")]
    run_all(tmp_path, plotted, auto)
    assert server.taken() == 0

    edited = [cell.replace("an assistant for", "a terse assistant for") for cell in CELLS]
    truth = run_all(tmp_path, edited)
    server.taken()
    ran = run_all(tmp_path, edited, auto)
    assert server.taken() == 1 + 2 * 6
    assert [shown for shown, _, _ in ran] == [shown for shown, _, _ in truth]

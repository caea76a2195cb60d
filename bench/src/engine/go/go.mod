module px0/bench/engine

go 1.26

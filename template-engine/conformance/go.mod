module px0/template-engine/conformance

go 1.26

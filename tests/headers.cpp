// Nothing: the target that compiles it compiles the headers which all tests share.

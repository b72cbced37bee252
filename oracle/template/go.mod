module plimsoll.dev/oracle/template

go 1.26

toolchain go1.26.8

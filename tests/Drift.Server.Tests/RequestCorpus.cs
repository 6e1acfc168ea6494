// SPDX-License-Identifier: Apache-2.0

namespace Drift.Server.Tests;

/// <summary>Raw requests, and what each must get: the statuses in order, and whether the connection goes on.</summary>
internal static class RequestCorpus
{
    /// <summary>The longest head that the server reads, in bytes.</summary>
    public const int HeadMax = 16384;

    private const string Host = "Host: test\r\n";
    private static readonly Dictionary<string, RequestCase> ByName = All().ToDictionary(c => c.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names => new(ByName.Keys);

    public static RequestCase Of(string name) => ByName[name];

    private static IEnumerable<RequestCase> All() =>
    [
        // What is asked for, and how.
        Kept("get", Get("/"), 200),
        Kept("head", "HEAD / HTTP/1.1\r\n" + Host + "\r\n", 200),
        Kept("head of nothing", "HEAD /none HTTP/1.1\r\n" + Host + "\r\n", 404),
        Kept("health", Get("/health"), 200),
        Kept("empty body", Get("/empty"), 200),
        Kept("not found", Get("/none"), 404),
        Kept("query", Get("/a.txt?x=1&y=?/"), 200),
        Kept("empty query", Get("/?"), 200),
        Kept("percent-encoded as built", Get("/with%20space"), 200),
        Kept("percent-encoded otherwise", Get("/%61.txt"), 404),
        Kept("dots are bytes like others", Get("/../a.txt"), 404),
        Kept("redirect", Get("/dir"), 301),
        Kept("prefix of a path", Get("/a.tx"), 404),
        Kept("path and more", Get("/a.txtx"), 404),
        Kept("long path", Get("/" + new string('x', 7900)), 404),
        Kept("absolute form", Get("http://other:80/a.txt?q"), 200),
        Kept("absolute form in capitals", Get("HTTP://other/a.txt"), 200),
        Kept("absolute form with https", Get("https://other/a.txt"), 200),
        Kept("absolute form without path", Get("http://other"), 200),
        Kept("absolute form without path, with query", Get("http://other?q"), 200),
        Closed("absolute form without name", Get("http:///a.txt"), 400),
        Closed("absolute form of nothing", Get("http://"), 400),
        Closed("another scheme", Get("ftp://other/a.txt"), 400),
        Closed("asterisk", Get("*"), 400),
        Closed("no slash", Get("a.txt"), 400),
        Closed("fragment", Get("/#a"), 400),
        Closed("backslash", Get("/\\a"), 400),
        Closed("8-bit target", Get("/\xe9"), 400),
        Closed("tab in target", Get("/a\tb"), 400),
        Closed("NUL in target", Get("/a\0b"), 400),
        Closed("DEL in query", Get("/?\x7f"), 400),

        // Methods.
        Closed("POST", Ask("POST"), 405),
        Closed("PUT", Ask("PUT"), 405),
        Closed("DELETE", Ask("DELETE"), 405),
        Closed("PATCH", Ask("PATCH"), 405),
        Closed("OPTIONS", Ask("OPTIONS"), 405),
        Closed("OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + Host + "\r\n", 405),
        Closed("CONNECT", "CONNECT test:80 HTTP/1.1\r\n" + Host + "\r\n", 405),
        Closed("TRACE", Ask("TRACE"), 405),
        Closed("small letters", Ask("get"), 501),
        Closed("unknown method", Ask("BREW"), 501),
        Closed("long method", Ask(new string('M', 100)), 501),
        Closed("method that begins as one", Ask("GETS"), 501),
        Closed("no method", " / HTTP/1.1\r\n" + Host + "\r\n", 400),
        Closed("method of no token", "G[T / HTTP/1.1\r\n" + Host + "\r\n", 400),

        // The request line.
        Closed("two spaces", "GET  / HTTP/1.1\r\n" + Host + "\r\n", 400),
        Closed("space at the end", "GET / HTTP/1.1 \r\n" + Host + "\r\n", 400),
        Closed("tab as a space", "GET\t/ HTTP/1.1\r\n" + Host + "\r\n", 400),
        Closed("HTTP/0.9", "GET /\r\n", 400),
        Closed("no target", "GET HTTP/1.1\r\n" + Host + "\r\n", 400),
        Closed("version in small letters", "GET / http/1.1\r\n" + Host + "\r\n", 400),
        Closed("version without minor", "GET / HTTP/1.\r\n" + Host + "\r\n", 400),
        Closed("version of two digits", "GET / HTTP/1.10\r\n" + Host + "\r\n", 400),
        Closed("version with a zero", "GET / HTTP/01.1\r\n" + Host + "\r\n", 400),
        Closed("version of letters", "GET / HTTP/a.b\r\n" + Host + "\r\n", 400),
        Closed("HTTP/2.0", "GET / HTTP/2.0\r\n" + Host + "\r\n", 505),
        Closed("HTTP/0.9 in words", "GET / HTTP/0.9\r\n" + Host + "\r\n", 505),
        Closed("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        Kept("HTTP/1.2", "GET / HTTP/1.2\r\n" + Host + "\r\n", 200),
        Closed("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 200),
        Closed("HTTP/1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200),
        Kept("empty line before", "\r\n" + Get("/"), 200),
        Kept("empty lines before", "\r\n\r\n\r\n" + Get("/"), 200),
        Closed("CR before", "\r" + Get("/"), 400),
        Closed("LF before", "\n" + Get("/"), 400),
        Closed("LF ends the request line", "GET / HTTP/1.1\n" + Host + "\r\n", 400),
        Closed("CR ends the request line", "GET / HTTP/1.1\r" + Host + "\r\n", 400),
        Closed("TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),

        // Header lines.
        Kept("header without value", Get("/", "X:\r\n"), 200),
        Kept("header of blanks", Get("/", "X: \t \r\n"), 200),
        Kept("8-bit value", Get("/", "X: \xe9\xff\r\n"), 200),
        Kept("tab in value", Get("/", "X: a\tb\r\n"), 200),
        Kept("all token characters", Get("/", "!#$%&'*+-.^_`|~09azAZ: x\r\n"), 200),
        Kept("header twice", Get("/", "X: 1\r\nX: 2\r\n"), 200),
        Kept("many headers", Get("/", string.Concat(Enumerable.Repeat("X-Header: value\r\n", 500))), 200),
        Closed("header without colon", Get("/", "X\r\n"), 400),
        Closed("header without name", Get("/", ": x\r\n"), 400),
        Closed("space before colon", Get("/", "X : x\r\n"), 400),
        Closed("tab before colon", Get("/", "X\t: x\r\n"), 400),
        Closed("space before name", Get("/", " X: x\r\n"), 400),
        Closed("space before first name", "GET / HTTP/1.1\r\n X: x\r\n" + Host + "\r\n", 400),
        Closed("folded line", Get("/", "X: x\r\n y\r\n"), 400),
        Closed("folded with tab", Get("/", "X: x\r\n\ty\r\n"), 400),
        Closed("brackets in name", Get("/", "X[a]: x\r\n"), 400),
        Closed("NUL in name", Get("/", "X\0: x\r\n"), 400),
        Closed("8-bit name", Get("/", "X\xe9: x\r\n"), 400),
        Closed("NUL in value", Get("/", "X: a\0b\r\n"), 400),
        Closed("control in value", Get("/", "X: a\x01\r\n"), 400),
        Closed("DEL in value", Get("/", "X: a\x7f\r\n"), 400),
        Closed("CR in value", Get("/", "X: a\rb\r\n"), 400),
        Closed("CR CR LF", Get("/", "X: a\r\r\n"), 400),
        Closed("LF ends a header", Get("/", "X: a\n"), 400),
        Closed("LF ends the head", "GET / HTTP/1.1\r\n" + Host + "\n", 400),
        Closed("CR ends the head", "GET / HTTP/1.1\r\n" + Host + "\rX", 400),

        // Host.
        Kept("host in capitals", "GET / HTTP/1.1\r\nHOST: test\r\n\r\n", 200),
        Kept("host without blank", "GET / HTTP/1.1\r\nHost:test\r\n\r\n", 200),
        Kept("host with blanks", "GET / HTTP/1.1\r\nHost: \ttest \t\r\n\r\n", 200),
        Kept("host with port", "GET / HTTP/1.1\r\nHost: test:8080\r\n\r\n", 200),
        Kept("host of IPv6", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 200),
        Closed("no host", "GET / HTTP/1.1\r\n\r\n", 400),
        Closed("no host, HEAD", "HEAD / HTTP/1.1\r\n\r\n", 400),
        Closed("empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
        Closed("blank host", "GET / HTTP/1.1\r\nHost: \r\n\r\n", 400),
        Closed("two hosts", Get("/", Host), 400),
        Closed("space in host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        Closed("slash in host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        Closed("at sign in host", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
        Closed("8-bit host", "GET / HTTP/1.1\r\nHost: \xe9\r\n\r\n", 400),
        Closed("no host in absolute form", "GET http://test/ HTTP/1.1\r\n\r\n", 400),
        Kept("name of the same length", Get("/", "Hose: a b\r\n"), 200),

        // The connection.
        Closed("close", Get("/", "Connection: close\r\n"), 200),
        Closed("close in capitals", Get("/", "CONNECTION: CLOSE\r\n"), 200),
        Closed("close in a list", Get("/", "Connection: keep-alive ,\tClose,foo\r\n"), 200),
        Closed("close in a second line", Get("/", "Connection: keep-alive\r\nConnection: close\r\n"), 200),
        Closed("close after not found", Get("/none", "Connection: close\r\n"), 404),
        Kept("keep-alive", Get("/", "Connection: keep-alive\r\n"), 200),
        Kept("closed is not close", Get("/", "Connection: closed\r\n"), 200),
        Kept("nothing but commas", Get("/", "Connection: , ,\r\n"), 200),
        Kept("empty connection", Get("/", "Connection:\r\n"), 200),
        Kept("user agent", Get("/", "User-Agent: close\r\n"), 200),

        // Bodies.
        Kept("Content-Length 0", Get("/", "Content-Length: 0\r\n"), 200),
        Kept("Content-Length 000", Get("/", "Content-Length: 000 \r\n"), 200),
        Closed("body on GET", Get("/", "Content-Length: 5\r\n") + "hello", 200),
        Closed("body that looks like a request", Get("/", $"Content-Length: {Get("/none").Length}\r\n") + Get("/none"), 200),
        Closed("Content-Length of letters", Get("/", "Content-Length: abc\r\n"), 400),
        Closed("Content-Length with sign", Get("/", "Content-Length: +1\r\n"), 400),
        Closed("negative Content-Length", Get("/", "Content-Length: -1\r\n"), 400),
        Closed("empty Content-Length", Get("/", "Content-Length:\r\n"), 400),
        Closed("hexadecimal Content-Length", Get("/", "Content-Length: 0x1\r\n"), 400),
        Closed("Content-Length list", Get("/", "Content-Length: 1, 1\r\n"), 400),
        Closed("long Content-Length", Get("/", "Content-Length: 99999999999999999999\r\n"), 400),
        Closed("Content-Length twice", Get("/", "Content-Length: 1\r\nContent-Length: 2\r\n"), 400),
        Closed("chunked", Get("/", "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n", 200),
        Closed("chunked in capitals", Get("/", "Transfer-Encoding: CHUNKED \r\n") + "0\r\n\r\n", 200),
        Closed("chunked POST", Ask("POST", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 405),
        Closed("unknown coding", Get("/", "Transfer-Encoding: gzip, chunked\r\n"), 501),
        Closed("obfuscated coding", Get("/", "Transfer-Encoding: xchunked\r\n"), 501),
        Closed("coding twice", Get("/", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400),
        Closed("coding and length", Get("/", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + "0\r\n\r\n", 400),
        Closed("length and coding", Get("/", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400),
        Closed("coding in HTTP/1.0", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        Closed("expect", Ask("POST", "Expect: 100-continue\r\nContent-Length: 5\r\n"), 405),

        // Lengths.
        Kept("longest head", Padded(HeadMax), 200),
        Closed("head too long", Padded(HeadMax + 1), 431),
        Closed("head far too long", Padded(100_000), 431),
        Closed("target too long", Get("/" + new string('x', HeadMax)), 414),
        Closed("method without end", new string('M', HeadMax + 10), 414),

        // Several.
        Kept("two", Get("/") + Get("/a.txt"), 200, 200),
        Kept("three with HEAD", Get("/") + "HEAD /a.txt HTTP/1.1\r\n" + Host + "\r\n" + Get("/none"), 200, 200, 404),
        Kept("empty lines between", Get("/") + "\r\n\r\n" + Get("/"), 200, 200),
        Closed("error after a good one", Get("/a.txt") + "BAD\r\n\r\n" + Get("/"), 200, 400),
        Closed("nothing after close", Get("/a.txt", "Connection: close\r\n") + Get("/"), 200),
    ];

    private static string Get(string target, string headers = "") => Ask("GET", headers, target);

    private static string Ask(string method, string headers = "", string target = "/") => $"{method} {target} HTTP/1.1\r\n{Host}{headers}\r\n";

    private static string Padded(int length)
    {
        var empty = Get("/", "X: \r\n").Length;
        return Get("/", "X: " + new string('x', length - empty) + "\r\n");
    }

    private static RequestCase Kept(string name, string bytes, params int[] statuses) => new(name, bytes, statuses, Closes: false);

    private static RequestCase Closed(string name, string bytes, params int[] statuses) => new(name, bytes, statuses, Closes: true);
}

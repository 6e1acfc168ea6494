// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Drift.Machines.Tests;

/// <summary>The three formats: what other programs read of them.</summary>
public sealed class CheckFormatTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly CheckReport Report = Reported();

    [Fact]
    public void Documentation() => Assert.Equal("""
        Title: It is <there>
        Meta:
            desc: why & where
            level: 3
        File: /a: exists: matches expectation: true
        File: /a: contents:
        Expected
            "one\ntwo"
        to have patterns
            ["three"]
        the missing elements were
            ["three"]
        Command: c: exit-status:
        Error
            first
            second
        Service: s: running: skipped: nothing runs
        User: u: exists: skipped


        Failures/Skipped:

        Title: It is <there>
        Meta:
            desc: why & where
            level: 3
        File: /a: contents:
        Expected
            "one\ntwo"
        to have patterns
            ["three"]
        the missing elements were
            ["three"]

        Command: c: exit-status:
        Error
            first
            second

        Service: s: running: skipped: nothing runs

        User: u: exists: skipped

        Total Duration: 1.500s
        Count: 5, Failed: 2, Skipped: 2

        """, DocumentationFormat.Write(Report));

    [Fact]
    public void JUnit()
    {
        var text = JUnitFormat.Write(Report);
        Assert.StartsWith("""<?xml version="1.0" encoding="utf-8"?>""" + "\n" + """<testsuite name="goss" errors="0" tests="5" failures="2" skipped="2" time="1.500" timestamp="2026-01-02T03:04:05Z">""", text, StringComparison.Ordinal);
        var cases = XDocument.Parse(text).Root!.Elements("testcase").ToArray();
        Assert.Equal(["File /a exists", "File /a contents", "Command c exit-status", "Service s running", "User u exists"], cases.Select(test => test.Attribute("name")!.Value));
        Assert.Equal("0.250", cases[0].Attribute("time")!.Value);
        Assert.Equal("File: /a: exists: matches expectation: true", cases[0].Element("system-out")!.Value);
        Assert.Equal("Command: c: exit-status: Error first second", cases[2].Element("failure")!.Value);
        Assert.Equal(cases[2].Element("failure")!.Value, cases[2].Element("system-err")!.Value);
        Assert.Equal("nothing runs", cases[3].Element("skipped")!.Attribute("message")!.Value);
    }

    [Fact]
    public void Json()
    {
        var text = JsonFormat.Write(Report);
        Assert.DoesNotContain('\n', text[..^1]);
        var json = JsonElement.Parse(text);
        Assert.Equal("""{"failed-count":2,"skipped-count":2,"summary-line":"Count: 5, Failed: 2, Skipped: 2, Duration: 1.500s","test-count":5,"total-duration":1500000000}""", json.GetProperty("summary").GetRawText());
        var results = json.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(
            ["duration", "end-time", "err", "matcher-result", "meta", "property", "resource-id", "resource-type", "result", "skipped", "start-time", "successful", "summary-line", "summary-line-compact", "title"],
            results[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(["actual", "expected", "extra-elements", "found-elements", "message", "missing-elements", "transform-chain", "untransformed-value"], results[0].GetProperty("matcher-result").EnumerateObject().Select(member => member.Name));
        Assert.Equal([0, 1, 1, 2, 2], results.Select(result => result.GetProperty("result").GetInt32()));
        Assert.Equal([true, false, false, true, true], results.Select(result => result.GetProperty("successful").GetBoolean()));
        Assert.Equal("2026-01-02T03:04:05.2500000Z", results[0].GetProperty("end-time").GetString());
        Assert.Equal("""["three"]""", results[1].GetProperty("matcher-result").GetProperty("missing-elements").GetRawText());
        Assert.Equal("first\nsecond", results[2].GetProperty("err").GetString());
        Assert.Equal("nothing runs", results[3].GetProperty("skip-reason").GetString());
    }

    [Fact]
    public void What_was_found_cannot_break_a_format()
    {
        var hostile = new CheckResult(new Check(CheckKind.All["command"], "c \u001b[2J\"<&>]]>\u0000"), "stdout", CheckOutcome.Failed, Start, TimeSpan.Zero) { Failure = new MatchFailure(new string('x', 5000), "to equal", "\u0001\ud83d\ude00") };
        var report = new CheckReport([[hostile]], Start, TimeSpan.Zero);
        Assert.EndsWith("stdout", XDocument.Parse(JUnitFormat.Write(report)).Root!.Element("testcase")!.Attribute("name")!.Value, StringComparison.Ordinal);
        Assert.Equal(2001, JsonElement.Parse(JsonFormat.Write(report)).GetProperty("results")[0].GetProperty("matcher-result").GetProperty("actual").GetString()!.Length);
    }

    private static CheckReport Reported()
    {
        var file = new Check(CheckKind.All["file"], "/a") { Title = "It is <there>", Meta = new JsonObject { ["level"] = 3, ["desc"] = "why & where" } };
        var second = new PatternsMatcher(["three"]).Explain("one\ntwo");
        CheckResult Result(Check check, string property, CheckOutcome outcome) => new(check, property, outcome, Start, TimeSpan.FromSeconds(0.25));
        return new CheckReport(
        [
            [Result(file, "exists", CheckOutcome.Passed) with { Actual = true, Expected = true }, Result(file, "contents", CheckOutcome.Failed) with { Failure = second }],
            [Result(new Check(CheckKind.All["command"], "c"), "exit-status", CheckOutcome.Failed) with { Error = "first\nsecond" }],
            [Result(new Check(CheckKind.All["service"], "s"), "running", CheckOutcome.Skipped) with { SkipReason = "nothing runs" }],
            [Result(new Check(CheckKind.All["user"], "u"), "exists", CheckOutcome.Skipped)],
        ], Start, TimeSpan.FromSeconds(1.5));
    }
}

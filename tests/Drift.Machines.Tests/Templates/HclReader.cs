// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Machines.Tests;

/// <summary>Reads the structure of Packer's and Terraform's templates: blocks, and attributes whose expressions stay text.</summary>
internal sealed class HclReader
{
    private readonly string _text;
    private int _at;

    private HclReader(string text) => _text = text;

    private char Next => _at < _text.Length ? _text[_at] : '\0';

    private int Line => _text.AsSpan(0, Math.Min(_at, _text.Length)).Count('\n') + 1;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is no template; the message begins with the line.</exception>
    public static HclBlock Read(string text)
    {
        var file = new HclBlock("", [], 1);
        new HclReader(text).ReadBody(file);
        return file;
    }

    private void ReadBody(HclBlock block)
    {
        while (true)
        {
            SkipSpace(lines: true);
            if (block.Type.Length == 0 && _at == _text.Length) return;
            if (block.Type.Length > 0 && Next == '}')
            {
                _at++;
                return;
            }
            var line = Line;
            var name = ReadName();
            SkipSpace(lines: false);
            if (Next == '=')
            {
                _at++;
                if (block.Attributes.Exists(other => other.Name == name)) throw Refused($"{name} is there twice");
                block.Attributes.Add(new HclAttribute(name, ReadExpression(), line));
            }
            else
            {
                block.Blocks.Add(ReadBlock(name, line));
            }
            SkipSpace(lines: false);
            if (_at < _text.Length && Next is not ('\n' or '}')) throw Refused("a line holds one attribute or one block");
        }
    }

    private HclBlock ReadBlock(string type, int line)
    {
        var labels = new List<string>();
        while (Next != '{')
        {
            labels.Add(Next == '"' ? ReadText()[1..^1] : ReadName());
            SkipSpace(lines: false);
        }
        _at++;
        var block = new HclBlock(type, labels, line);
        ReadBody(block);
        return block;
    }

    // Up to the end of the line, unless brackets are open there.
    private string ReadExpression()
    {
        var expression = new StringBuilder();
        var open = new Stack<char>();
        SkipSpace(lines: false);
        while (_at < _text.Length)
        {
            SkipSpace(lines: open.Count > 0, into: expression);
            var c = Next;
            if (open.Count == 0 && c is '\0' or '\n' or '}') break;
            if (c == '"') expression.Append(ReadText());
            else if (_text.AsSpan(_at).StartsWith("<<")) expression.Append(ReadHeredoc());
            else
            {
                if (c is '(' or '[' or '{') open.Push(c switch { '(' => ')', '[' => ']', _ => '}' });
                if (c is ')' or ']' or '}' && !(open.TryPop(out var expected) && expected == c)) throw Refused($"'{c}' closes nothing");
                expression.Append(c);
                _at++;
            }
        }
        if (open.Count > 0) throw Refused($"'{open.Peek()}' is missing");
        return expression.Length > 0 ? expression.ToString().Trim() : throw Refused("a value is missing");
    }

    // With its quotes; what is in ${ } may have quotes of its own.
    private string ReadText()
    {
        var begin = _at++;
        while (Next != '"')
        {
            if (Next is '\0' or '\n') throw Refused("a text has no end");
            if (Next is '$' or '%' && _at + 1 < _text.Length && _text[_at + 1] == '{')
            {
                for (_at += 2; Next != '}';)
                {
                    if (Next is '\0' or '\n') throw Refused("a template in a text has no end");
                    if (Next == '"') ReadText();
                    else _at++;
                }
            }
            _at += Next == '\\' ? 2 : 1;
        }
        return _text[begin..++_at];
    }

    private string ReadHeredoc()
    {
        var begin = _at;
        var end = _text.IndexOf('\n', _at);
        var name = end < 0 ? "" : _text[(_at + 2)..end].TrimStart('-').Trim();
        while (name.Length > 0 && end >= 0)
        {
            var next = _text.IndexOf('\n', end + 1);
            _at = next < 0 ? _text.Length : next;
            if (_text[(end + 1).._at].Trim() == name) return _text[begin.._at];
            end = next;
        }
        throw Refused("a text of several lines has no end");
    }

    private string ReadName()
    {
        var begin = _at;
        while (char.IsAsciiLetterOrDigit(Next) || Next is '_' or '-') _at++;
        return _at > begin ? _text[begin.._at] : throw Refused($"a name is expected and not '{Next}'");
    }

    private void SkipSpace(bool lines, StringBuilder? into = null)
    {
        while (_at < _text.Length)
        {
            if (Next == '#' || _text.AsSpan(_at).StartsWith("//"))
            {
                _at = _text.IndexOf('\n', _at) is >= 0 and var end ? end : _text.Length;
                continue;
            }
            if (Next is not (' ' or '\t' or '\r') && !(lines && Next == '\n')) return;
            into?.Append(Next);
            _at++;
        }
    }

    private FormatException Refused(string what) => new($"line {Line}: {what}");
}

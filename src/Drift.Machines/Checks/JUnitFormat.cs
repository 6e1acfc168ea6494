// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Xml;

namespace Drift.Machines;

/// <summary>goss's format <c>junit</c>.</summary>
internal static class JUnitFormat
{
    public static string Write(CheckReport report)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, IndentChars = "", NewLineChars = "\n" }))
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", "goss");
            xml.WriteAttributeString("errors", "0");
            xml.WriteAttributeString("tests", Number(report.Count));
            xml.WriteAttributeString("failures", Number(report.Failed));
            xml.WriteAttributeString("skipped", Number(report.Skipped));
            xml.WriteAttributeString("time", CheckText.Seconds(report.Duration));
            xml.WriteAttributeString("timestamp", report.Start.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            foreach (var result in report.Results) Write(xml, result);
            xml.WriteEndElement();
        }
        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static void Write(XmlWriter xml, CheckResult result)
    {
        var said = Allowed(CheckText.Of(result, compact: true));
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", Allowed($"{result.Check.Kind.Name} {result.Check.Id} {result.Property}"));
        xml.WriteAttributeString("time", CheckText.Seconds(result.Duration));
        if (result.Outcome == CheckOutcome.Failed)
        {
            xml.WriteElementString("system-err", said);
            xml.WriteElementString("failure", said);
        }
        else
        {
            if (result.Outcome == CheckOutcome.Skipped)
            {
                xml.WriteStartElement("skipped");
                if (result.SkipReason is { } reason) xml.WriteAttributeString("message", Allowed(reason));
                xml.WriteEndElement();
            }
            xml.WriteElementString("system-out", said);
        }
        xml.WriteEndElement();
    }

    // XML 1.0 has no way to write the others.
    private static string Allowed(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\ufffd" : rune.ToString()));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

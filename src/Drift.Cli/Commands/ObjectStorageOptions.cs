// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Registry;

namespace Drift.Cli;

/// <summary>The options that name a registry's bucket.</summary>
internal sealed class ObjectStorageOptions
{
    private readonly Option<ObjectStorage?> _bucket = new("--s3") { Description = "Keep blobs, and a copy of all names, in this bucket: https://HOST/BUCKET[/PREFIX]", HelpName = "URL" };
    private readonly Option<string?> _region = new("--s3-region") { Description = "The bucket's region [default: the one in its host's name, or us-east-1]", HelpName = "REGION" };
    private readonly Option<bool> _redirect = new("--s3-redirect") { Description = "Send clients to the bucket for blobs, with addresses that are good for ten minutes" };

    public ObjectStorageOptions() => _bucket.CustomParser = result =>
    {
        var text = result.Tokens[0].Value;
        if (Parse(text) is { } bucket) return bucket;
        result.AddError($"'{text}' is not a bucket: --s3 takes an address such as https://s3.eu-central-1.amazonaws.com/BUCKET.");
        return null;
    };

    /// <summary>Adds the options that a command which serves nobody has.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_bucket);
        command.Options.Add(_region);
    }

    /// <summary>Adds all of them.</summary>
    public void AddAllTo(Command command)
    {
        AddTo(command);
        command.Options.Add(_redirect);
    }

    /// <summary>The bucket that is named, with the key of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; null when none is.</summary>
    public ObjectStorage? Read(ParseResult result, CliHost host) => result.GetValue(_bucket) is not { } bucket ? null : bucket with
    {
        Region = result.GetValue(_region) ?? host.Variable("AWS_REGION") ?? bucket.Region,
        Redirect = result.GetValue(_redirect),
        AccessKey = host.Variable("AWS_ACCESS_KEY_ID"),
        SecretKey = host.Variable("AWS_SECRET_ACCESS_KEY"),
        SessionToken = host.Variable("AWS_SESSION_TOKEN"),
    };

    private static ObjectStorage? Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url is not { Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" }) return null;
        var parts = url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) return null;
        var bucket = new ObjectStorage(new Uri(url.GetLeftPart(UriPartial.Authority)), parts[0]) { Prefix = string.Concat(parts[1..].Select(static part => part + "/")) };
        return url.Host.Split('.') is ["s3", var region, "amazonaws", "com", ..] ? bucket with { Region = region } : bucket;
    }
}

// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Fuzz;

/// <summary>References, and the other short texts of the command line: what parses is written as something that parses to the same.</summary>
internal sealed class ReferenceTarget() : FuzzTarget("reference")
{
    public override IReadOnlyList<string> Tokens =>
    [
        "/", ":", "@", ".", "-", "_", "__", "localhost", "docker.io", "library/", ":latest", "@sha256:", "[::1]", ":5000", ":65536", "sha512:", "oci:", "oci-archive:", "docker-archive:", "containerd:",
        "linux/amd64", "é", "\0", "%2f", "A", "..", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ];

    public override Task<string> RunAsync(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var outcome = "";
        var known = ImageReference.TryParse(text, out var reference);
        Ensure(known == Parses(() => ImageReference.Parse(text)), "Parse and TryParse differ on a reference");
        if (known)
        {
            Ensure(ImageReference.Parse(reference!.ToString()) == reference, "a reference is another one when it is written and read");
            outcome += $"reference {reference.Host == "docker.io"} {reference.Tag is not null} {reference.Digest is not null} ";
        }
        if (Digest.TryParse(text, out var digest)) outcome += $"digest {Digest.Parse(digest.ToString()) == digest} ";
        if (Tag.TryParse(text, out var tag)) outcome += $"tag {Tag.Parse(tag.ToString()) == tag} ";
        if (RepositoryName.TryParse(text, out var name)) outcome += $"name {RepositoryName.Parse(name.ToString()) == name} ";
        if (Platform.TryParse(text, out var platform)) outcome += $"platform {Platform.Parse(platform.ToString()) == platform} ";
        Ensure(!outcome.Contains("False ", StringComparison.Ordinal) || known, "a value is another one when it is written and read");
        if (text.Length == 0) return Task.FromResult("empty");
        var location = ImageLocation.Parse(text);
        Ensure(ImageLocation.Parse(location.ToString()) == location, "a location is another one when it is written and read");
        return Task.FromResult(outcome + location.Transport);
    }

    private static bool Parses(Action parse)
    {
        try
        {
            parse();
            return true;
        }
        catch (ReferenceException)
        {
            return false;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>AWS, as one user in one region: EC2's query API, and the direct APIs of EBS.</summary>
internal sealed class AwsClient(AwsAccess access, string? address = null, TimeSpan? firstPause = null) : IDisposable
{
    private const string Ec2Version = "2016-11-15";
    private static readonly XmlReaderSettings Xml = new() { DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = 32 << 20, XmlResolver = null, Async = false };
    private readonly CloudConnection _connection = new(firstPause);

    public AwsAccess Access { get; } = access;

    /// <summary>Asks EC2 what changes nothing; the answer is its XML without namespaces.</summary>
    /// <param name="action">The action, for example <c>DescribeImages</c>.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CloudRefusal">AWS refuses.</exception>
    public async Task<XElement> Ec2Async(string action, IEnumerable<(string Name, string Value)> parameters, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(string.Join('&', parameters.Prepend(("Version", Ec2Version)).Prepend(("Action", action)).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2)}")));
        var answer = await SendAsync("ec2", HttpMethod.Post, "/", body, action, cancellationToken).ConfigureAwait(false);
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(answer.Body), Xml);
            return WithoutNamespaces(XElement.Load(reader));
        }
        catch (XmlException e)
        {
            throw new DriftException(ErrorCode.CloudRefused, $"EC2 answers what is no XML to {action}.", "Check the address and any proxy.", e);
        }
    }

    /// <summary>Asks the direct APIs of EBS.</summary>
    /// <exception cref="CloudRefusal">AWS refuses.</exception>
    public Task<CloudAnswer> EbsAsync(string target, CancellationToken cancellationToken) => SendAsync("ebs", HttpMethod.Get, target, null, target.Split('?')[0], cancellationToken);

    public void Dispose() => _connection.Dispose();

    private async Task<CloudAnswer> SendAsync(string service, HttpMethod method, string target, byte[]? body, string what, CancellationToken cancellationToken)
    {
        var text = (address ?? $"https://{service}.{Access.Region}.amazonaws.com").TrimEnd('/') + target;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))) throw new DriftException(ErrorCode.InvalidSetting, $"{text} is no safe address.", "Set AWS_ENDPOINT_URL to an https address, or leave it out.");
        var answer = await _connection.SendAsync(() => Make(service, method, uri, body), IsTransient, isRepeatable: true, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess ? answer : throw Refusal(uri, what, answer);
    }

    private HttpRequestMessage Make(string service, HttpMethod method, Uri uri, byte[]? body)
    {
        var time = TimeProvider.System.GetUtcNow();
        var fields = new List<(string Name, string Value)> { ("host", uri.Authority), ("x-amz-date", AwsSignature.TimeOf(time)) };
        if (Access.SessionToken is { } token) fields.Add(("x-amz-security-token", token));
        var message = new HttpRequestMessage(method, uri);
        var authorization = AwsSignature.Of(Access, service, method.Method, uri.AbsolutePath, uri.Query.TrimStart('?'), fields, body, time);
        foreach (var (name, value) in fields.Skip(1).Append(("Authorization", authorization))) message.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        }
        return message;
    }

    private static bool IsTransient(CloudAnswer answer) => answer.Status == HttpStatusCode.TooManyRequests || (int)answer.Status >= 500 || Problem(answer).Reason is "RequestLimitExceeded" or "ThrottlingException" or "RequestThrottledException";

    private static CloudRefusal Refusal(Uri uri, string what, CloudAnswer answer)
    {
        var (reason, said, number) = Problem(answer);
        var message = $"{uri.Host} answers {(int)answer.Status} {reason} to {what}{(said.Length > 0 ? $": {said}" : "")} (request {number})";
        var hint = reason switch
        {
            "RequestExpired" or "SignatureDoesNotMatch" or "InvalidSignatureException" when CloudConnection.SkewOf(answer) is { } skew => $"Set the clock right: {skew}.",
            "ExpiredToken" or "ExpiredTokenException" or "RequestExpired" => "Get new credentials: temporary ones end after an hour or some.",
            "AuthFailure" or "InvalidClientTokenId" or "UnrecognizedClientException" or "SignatureDoesNotMatch" or "InvalidSignatureException" => "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the region.",
            "UnauthorizedOperation" or "AccessDenied" or "AccessDeniedException" => "Add the action to the user's policy: docs/machines.md has the whole one.",
            _ => "Check the id and the region, and run it again: it goes on where it stopped.",
        };
        var code = answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden || reason is "AuthFailure" or "UnauthorizedOperation" ? ErrorCode.AccessDenied : ErrorCode.CloudRefused;
        return new CloudRefusal(code, message, hint, answer.Status, reason);
    }

    /// <summary>EC2 says it in XML, EBS in JSON with the reason in a header.</summary>
    private static (string Reason, string Message, string Number) Problem(CloudAnswer answer)
    {
        var number = answer.Header("x-amzn-RequestId") ?? answer.Header("x-amz-request-id") ?? "without a number";
        try
        {
            if (answer.Body is [(byte)'{', ..])
            {
                var json = JsonNode.Parse(answer.Body);
                return ((answer.Header("x-amzn-ErrorType") ?? (string?)json?["__type"] ?? "").Split(':', '#')[0], RegistryAnswer.Printable((string?)json?["message"] ?? (string?)json?["Message"] ?? ""), number);
            }
            using var reader = XmlReader.Create(new MemoryStream(answer.Body), Xml);
            var xml = WithoutNamespaces(XElement.Load(reader));
            return (xml.Descendants("Code").FirstOrDefault()?.Value ?? "", RegistryAnswer.Printable(xml.Descendants("Message").FirstOrDefault()?.Value ?? ""), xml.Descendants("RequestID").FirstOrDefault()?.Value ?? number);
        }
        catch (Exception e) when (e is XmlException or JsonException or InvalidOperationException)
        {
            return ("", "", number);
        }
    }

    private static XElement WithoutNamespaces(XElement element) => new(element.Name.LocalName, element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration), element.Nodes().Select(node => node is XElement child ? WithoutNamespaces(child) : node));
}

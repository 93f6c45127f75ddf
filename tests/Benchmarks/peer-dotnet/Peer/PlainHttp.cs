using System.Text;

namespace DevOpsAI.Benchmarks.Peer;

/// <summary>The SDK fetches signing keys over https only; the benchmark's key server on this machine speaks plain http.</summary>
internal sealed class PlainHttp(HttpMessageHandler wire) : DelegatingHandler(wire)
{
    private const string Plain = "http://127.0.0.1:";
    private const string Disguised = "https://127.0.0.1:";

    public static string Disguise(string url) => url.Replace(Plain, Disguised, StringComparison.Ordinal);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new(request.RequestUri!.AbsoluteUri.Replace(Disguised, Plain, StringComparison.Ordinal));
        var result = await base.SendAsync(request, cancellationToken);
        // The metadata names the address of the keys.
        var text = await result.Content.ReadAsStringAsync(cancellationToken);
        result.Content = new StringContent(Disguise(text), Encoding.UTF8, "application/json");
        return result;
    }
}

using System.Diagnostics.Metrics;
using Microsoft.Azure.Cosmos;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>Meter <c>DevOpsAI.Ledger.Cosmos</c>: what each operation costs in request units.</summary>
public sealed class CosmosMetrics : IDisposable
{
    public const string MeterName = "DevOpsAI.Ledger.Cosmos";

    private readonly Meter meter;
    private readonly Histogram<double> charge;
    private readonly Counter<long> retries;

    public CosmosMetrics(IMeterFactory? meters = null)
    {
        meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        charge = meter.CreateHistogram<double>(
            "cosmos.request.charge", "{RU}", "Request units of one operation, by container, operation and status.");
        retries = meter.CreateCounter<long>("cosmos.retries", "{attempt}", "Attempts after the first, beyond those of the SDK, by reason.");
    }

    internal void Charged(string container, string operation, int status, double units) => charge.Record(
        units, new("container", container), new("operation", operation), new("status", status));

    internal void Retried(string reason) => retries.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Dispose() => meter.Dispose();

    /// <summary>Sees every operation of the SDK, those of the change feed processor included.</summary>
    internal sealed class Handler(CosmosMetrics metrics) : RequestHandler
    {
        public override async Task<ResponseMessage> SendAsync(RequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var path = request.RequestUri?.OriginalString.Split('/') ?? [];
            var colls = Array.IndexOf(path, "colls");
            metrics.Charged(
                colls >= 0 && colls + 1 < path.Length ? path[colls + 1] : "",
                request.Method.Method + (request.Headers["A-IM"] is null ? "" : " feed"),
                (int)response.StatusCode,
                response.Headers.RequestCharge);
            return response;
        }
    }
}

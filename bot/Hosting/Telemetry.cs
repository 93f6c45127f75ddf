using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace DevOpsAI.Bot.Hosting;

/// <summary>Metrics of all <c>DevOpsAI.*</c> meters, sent over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
internal static class Telemetry
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration) =>
        string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) ? services : services.AddHostedService<Exporter>();

    private sealed class Exporter : IHostedService, IDisposable
    {
        private MeterProvider? metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureResource(resource => resource.AddService("devops-ai-bot"))
                .AddMeter("DevOpsAI.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime")
                .AddOtlpExporter()
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            metrics?.ForceFlush(5000);
            return Task.CompletedTask;
        }

        public void Dispose() => metrics?.Dispose();
    }
}

using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// Metrics and traces, sent over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. Paths and queries hold ids of conversations and
/// people, and sometimes a token: no span carries them.
/// </summary>
internal static class Telemetry
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return services;
        services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("devops-ai-bot"))
            .WithMetrics(static metrics => metrics
                .AddMeter("DevOpsAI.*")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .WithTracing(static traces => traces
                .AddAspNetCoreInstrumentation(static options => options.EnrichWithHttpRequest = static (span, _) => RemoveAddress(span))
                .AddHttpClientInstrumentation(
                    static options => options.EnrichWithHttpRequestMessage = static (span, _) => RemoveAddress(span)))
            .UseOtlpExporter();
        return services;
    }

    private static void RemoveAddress(Activity span)
    {
        foreach (var tag in (ReadOnlySpan<string>)["url.full", "url.path", "url.query"])
            span.SetTag(tag, null);
    }
}

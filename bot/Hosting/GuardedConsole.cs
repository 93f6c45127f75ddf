using System.Collections;
using DevOpsAI.Common;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// The console's logger, whatever its format, for whom every message, scope and exception is bounded and on lines of ours alone. Exceptions
/// quote others, as a parser its input and a client the server's answer, and the format for people writes them as they are.
/// </summary>
[ProviderAlias("Console")]
internal sealed class GuardedConsole(ConsoleLoggerProvider console) : ILoggerProvider, ISupportExternalScope
{
    /// <summary>Puts it in the console's place; call it when the console was added.</summary>
    public static void Guard(ILoggingBuilder logging)
    {
        var console =
            logging.Services.Where(static service =>
                service.ServiceType == typeof(ILoggerProvider) && service.ImplementationType == typeof(ConsoleLoggerProvider)).ToList();
        foreach (var service in console)
            logging.Services.Remove(service);
        if (console.Count == 0)
            return;
        logging.Services.TryAddSingleton<ConsoleLoggerProvider>();
        logging.Services.AddSingleton<ILoggerProvider, GuardedConsole>();
    }

    public ILogger CreateLogger(string categoryName) => new Guarded(console.CreateLogger(categoryName));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => console.SetScopeProvider(new GuardedScopes(scopeProvider));

    public void Dispose() => console.Dispose();

    private sealed class Guarded(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!inner.IsEnabled(logLevel))
                return;
            var told = new ToldValues(state, LogText.MaxOfMessageLength);
            var failure = exception is null ? null : new ToldException(exception);
            inner.Log(logLevel, eventId, told, failure, (_, _) => LogText.OneLine(formatter(state, exception), LogText.MaxOfMessageLength));
        }
    }

    /// <summary>Stands for an exception in the hands of a formatter, all of which ask for its text.</summary>
    private sealed class ToldException(Exception told) : Exception(LogText.OneLine(told.Message, LogText.MaxOfExceptionLength))
    {
        public override string ToString() => LogText.For(told);
    }

    private sealed class GuardedScopes(IExternalScopeProvider inner) : IExternalScopeProvider
    {
        public void ForEachScope<TState>(Action<object?, TState> callback, TState state) =>
            inner.ForEachScope(static (scope, both) => both.callback(Told(scope), both.state), (callback, state));

        public IDisposable Push(object? state) => inner.Push(state);
    }

    /// <summary>A scope: what it says, and its values where it has any.</summary>
    private static object? Told(object? scope) => scope switch
    {
        null => null,
        IEnumerable<KeyValuePair<string, object?>> => new ToldValues(scope, LogText.MaxOfExceptionLength),
        _ => LogText.OneLine(scope.ToString() ?? "", LogText.MaxOfExceptionLength),
    };

    /// <summary>
    /// The named values of a message or scope, which a format for programs writes beside it: each bounded, numbers as they are.
    /// </summary>
    private sealed class ToldValues(object? told, int longest) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private List<KeyValuePair<string, object?>>? values;

        public int Count => Values.Count;

        private List<KeyValuePair<string, object?>> Values => values ??=
        [
            .. (told as IEnumerable<KeyValuePair<string, object?>> ?? [])
                .Select(static one => KeyValuePair.Create(LogText.OneLine(one.Key, Untrusted.MaxLength), Told(one.Value))),
        ];

        public KeyValuePair<string, object?> this[int index] => Values[index];

        public override string ToString() => LogText.OneLine(told?.ToString() ?? "", longest);

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Values.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private static object? Told(object? value) => value is null or bool or (IFormattable and ValueType)
            ? value
            : LogText.OneLine(value.ToString() ?? "", LogText.MaxOfExceptionLength);
    }
}

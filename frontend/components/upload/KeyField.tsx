import { useId } from "react";

/** The operator's key, where one is needed. It is kept as long as the tab. */
export function KeyField({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Access key</label>
      <input
        id={id}
        type="password"
        autoComplete="off"
        spellCheck={false}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.value.trim())}
      />
      <p id={`${id}-hint`} className="hint">
        From whoever runs this page. It is forgotten when this tab is closed.
      </p>
    </div>
  );
}

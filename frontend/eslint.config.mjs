import js from "@eslint/js";
import { configs as lit } from "eslint-plugin-lit";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import ts from "typescript";

/** Report what the compiler finds wrong, as `tsc --noEmit` would: here the types are known already. */
const types = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const { program } = context.sourceCode.parserServices;
    const source = program.getSourceFile(context.filename);
    const found = [
      ...program.getOptionsDiagnostics(),
      ...program.getGlobalDiagnostics(),
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return {
      Program() {
        for (const { code, messageText, start = 0 } of found) {
          const loc = context.sourceCode.getLocFromIndex(start);
          const message = ts.flattenDiagnosticMessageText(messageText, "\n");
          context.report({ loc, message: `TS${code}: ${message}` });
        }
      },
    };
  },
};

export default defineConfig(
  { ignores: ["node_modules", "test-results"] },
  {
    files: ["*.mjs"],
    ...js.configs.recommended,
    languageOptions: { globals: { Buffer: false, URL: false, process: false } },
  },
  {
    files: ["**/*.ts"],
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
      lit["flat/recommended"],
    ],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { compiler: { rules: { types } } },
    rules: {
      "compiler/types": "error",
      eqeqeq: "error",
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-function-return-type": ["error", { allowExpressions: true }],
      // What Home Assistant answers is known by the caller only.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    files: ["tests/**/*.ts"],
    rules: {
      // Mocks are asked about methods, and pages for elements that nobody constructed.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
);

/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
var he=globalThis,me=he.ShadowRoot&&(he.ShadyCSS===void 0||he.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Ne=Symbol(),pt=new WeakMap,X=class{constructor(e,t,i){if(this._$cssResult$=!0,i!==Ne)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(me&&e===void 0){let i=t!==void 0&&t.length===1;i&&(e=pt.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),i&&pt.set(t,e))}return e}toString(){return this.cssText}},ht=n=>new X(typeof n=="string"?n:n+"",void 0,Ne),g=(n,...e)=>{let t=n.length===1?n[0]:e.reduce((i,r,s)=>i+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(r)+n[s+1],n[0]);return new X(t,n,Ne)},mt=(n,e)=>{if(me)n.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let i=document.createElement("style"),r=he.litNonce;r!==void 0&&i.setAttribute("nonce",r),i.textContent=t.cssText,n.appendChild(i)}},De=me?n=>n:n=>n instanceof CSSStyleSheet?(e=>{let t="";for(let i of e.cssRules)t+=i.cssText;return ht(t)})(n):n;var{is:hi,defineProperty:mi,getOwnPropertyDescriptor:ui,getOwnPropertyNames:fi,getOwnPropertySymbols:gi,getPrototypeOf:yi}=Object,ue=globalThis,ut=ue.trustedTypes,vi=ut?ut.emptyScript:"",$i=ue.reactiveElementPolyfillSupport,Q=(n,e)=>n,Ue={toAttribute(n,e){switch(e){case Boolean:n=n?vi:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,e){let t=n;switch(e){case Boolean:t=n!==null;break;case Number:t=n===null?null:Number(n);break;case Object:case Array:try{t=JSON.parse(n)}catch{t=null}}return t}},gt=(n,e)=>!hi(n,e),ft={attribute:!0,type:String,converter:Ue,reflect:!1,useDefault:!1,hasChanged:gt};Symbol.metadata??=Symbol("metadata"),ue.litPropertyMetadata??=new WeakMap;var C=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=ft){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let i=Symbol(),r=this.getPropertyDescriptor(e,i,t);r!==void 0&&mi(this.prototype,e,r)}}static getPropertyDescriptor(e,t,i){let{get:r,set:s}=ui(this.prototype,e)??{get(){return this[t]},set(o){this[t]=o}};return{get:r,set(o){let a=r?.call(this);s?.call(this,o),this.requestUpdate(e,a,i)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??ft}static _$Ei(){if(this.hasOwnProperty(Q("elementProperties")))return;let e=yi(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(Q("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Q("properties"))){let t=this.properties,i=[...fi(t),...gi(t)];for(let r of i)this.createProperty(r,t[r])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[i,r]of t)this.elementProperties.set(i,r)}this._$Eh=new Map;for(let[t,i]of this.elementProperties){let r=this._$Eu(t,i);r!==void 0&&this._$Eh.set(r,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let i=new Set(e.flat(1/0).reverse());for(let r of i)t.unshift(De(r))}else e!==void 0&&t.push(De(e));return t}static _$Eu(e,t){let i=t.attribute;return i===!1?void 0:typeof i=="string"?i:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let i of t.keys())this.hasOwnProperty(i)&&(e.set(i,this[i]),delete this[i]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return mt(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,i){this._$AK(e,i)}_$ET(e,t){let i=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,i);if(r!==void 0&&i.reflect===!0){let s=(i.converter?.toAttribute!==void 0?i.converter:Ue).toAttribute(t,i.type);this._$Em=e,s==null?this.removeAttribute(r):this.setAttribute(r,s),this._$Em=null}}_$AK(e,t){let i=this.constructor,r=i._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let s=i.getPropertyOptions(r),o=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:Ue;this._$Em=r;let a=o.fromAttribute(t,s.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,i,r=!1,s){if(e!==void 0){let o=this.constructor;if(r===!1&&(s=this[e]),i??=o.getPropertyOptions(e),!((i.hasChanged??gt)(s,t)||i.useDefault&&i.reflect&&s===this._$Ej?.get(e)&&!this.hasAttribute(o._$Eu(e,i))))return;this.C(e,t,i)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:i,reflect:r,wrapped:s},o){i&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,o??t??this[e]),s!==!0||o!==void 0)||(this._$AL.has(e)||(this.hasUpdated||i||(t=void 0),this._$AL.set(e,t)),r===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[r,s]of this._$Ep)this[r]=s;this._$Ep=void 0}let i=this.constructor.elementProperties;if(i.size>0)for(let[r,s]of i){let{wrapped:o}=s,a=this[r];o!==!0||this._$AL.has(r)||a===void 0||this.C(r,void 0,s,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(i=>i.hostUpdate?.()),this.update(t)):this._$EM()}catch(i){throw e=!1,this._$EM(),i}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};C.elementStyles=[],C.shadowRootOptions={mode:"open"},C[Q("elementProperties")]=new Map,C[Q("finalized")]=new Map,$i?.({ReactiveElement:C}),(ue.reactiveElementVersions??=[]).push("2.1.2");var We=globalThis,yt=n=>n,fe=We.trustedTypes,vt=fe?fe.createPolicy("lit-html",{createHTML:n=>n}):void 0,St="$lit$",O=`lit$${Math.random().toFixed(9).slice(2)}$`,At="?"+O,bi=`<${At}>`,I=document,te=()=>I.createComment(""),ie=n=>n===null||typeof n!="object"&&typeof n!="function",Ke=Array.isArray,xi=n=>Ke(n)||typeof n?.[Symbol.iterator]=="function",Ie=`[ 	
\f\r]`,ee=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,$t=/-->/g,bt=/>/g,D=RegExp(`>|${Ie}(?:([^\\s"'>=/]+)(${Ie}*=${Ie}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),xt=/'/g,wt=/"/g,kt=/^(?:script|style|textarea|title)$/i,Ge=n=>(e,...t)=>({_$litType$:n,strings:e,values:t}),l=Ge(1),L=Ge(2),cn=Ge(3),F=Symbol.for("lit-noChange"),p=Symbol.for("lit-nothing"),_t=new WeakMap,U=I.createTreeWalker(I,129);function Tt(n,e){if(!Ke(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return vt!==void 0?vt.createHTML(e):e}var wi=(n,e)=>{let t=n.length-1,i=[],r,s=e===2?"<svg>":e===3?"<math>":"",o=ee;for(let a=0;a<t;a++){let c=n[a],d,m,h=-1,f=0;for(;f<c.length&&(o.lastIndex=f,m=o.exec(c),m!==null);)f=o.lastIndex,o===ee?m[1]==="!--"?o=$t:m[1]!==void 0?o=bt:m[2]!==void 0?(kt.test(m[2])&&(r=RegExp("</"+m[2],"g")),o=D):m[3]!==void 0&&(o=D):o===D?m[0]===">"?(o=r??ee,h=-1):m[1]===void 0?h=-2:(h=o.lastIndex-m[2].length,d=m[1],o=m[3]===void 0?D:m[3]==='"'?wt:xt):o===wt||o===xt?o=D:o===$t||o===bt?o=ee:(o=D,r=void 0);let $=o===D&&n[a+1].startsWith("/>")?" ":"";s+=o===ee?c+bi:h>=0?(i.push(d),c.slice(0,h)+St+c.slice(h)+O+$):c+O+(h===-2?a:$)}return[Tt(n,s+(n[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),i]},ne=class n{constructor({strings:e,_$litType$:t},i){let r;this.parts=[];let s=0,o=0,a=e.length-1,c=this.parts,[d,m]=wi(e,t);if(this.el=n.createElement(d,i),U.currentNode=this.el.content,t===2||t===3){let h=this.el.content.firstChild;h.replaceWith(...h.childNodes)}for(;(r=U.nextNode())!==null&&c.length<a;){if(r.nodeType===1){if(r.hasAttributes())for(let h of r.getAttributeNames())if(h.endsWith(St)){let f=m[o++],$=r.getAttribute(h).split(O),T=/([.?@])?(.*)/.exec(f);c.push({type:1,index:s,name:T[2],strings:$,ctor:T[1]==="."?Ve:T[1]==="?"?Be:T[1]==="@"?je:q}),r.removeAttribute(h)}else h.startsWith(O)&&(c.push({type:6,index:s}),r.removeAttribute(h));if(kt.test(r.tagName)){let h=r.textContent.split(O),f=h.length-1;if(f>0){r.textContent=fe?fe.emptyScript:"";for(let $=0;$<f;$++)r.append(h[$],te()),U.nextNode(),c.push({type:2,index:++s});r.append(h[f],te())}}}else if(r.nodeType===8)if(r.data===At)c.push({type:2,index:s});else{let h=-1;for(;(h=r.data.indexOf(O,h+1))!==-1;)c.push({type:7,index:s}),h+=O.length-1}s++}}static createElement(e,t){let i=I.createElement("template");return i.innerHTML=e,i}};function j(n,e,t=n,i){if(e===F)return e;let r=i!==void 0?t._$Co?.[i]:t._$Cl,s=ie(e)?void 0:e._$litDirective$;return r?.constructor!==s&&(r?._$AO?.(!1),s===void 0?r=void 0:(r=new s(n),r._$AT(n,t,i)),i!==void 0?(t._$Co??=[])[i]=r:t._$Cl=r),r!==void 0&&(e=j(n,r._$AS(n,e.values),r,i)),e}var Fe=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:i}=this._$AD,r=(e?.creationScope??I).importNode(t,!0);U.currentNode=r;let s=U.nextNode(),o=0,a=0,c=i[0];for(;c!==void 0;){if(o===c.index){let d;c.type===2?d=new re(s,s.nextSibling,this,e):c.type===1?d=new c.ctor(s,c.name,c.strings,this,e):c.type===6&&(d=new qe(s,this,e)),this._$AV.push(d),c=i[++a]}o!==c?.index&&(s=U.nextNode(),o++)}return U.currentNode=I,r}p(e){let t=0;for(let i of this._$AV)i!==void 0&&(i.strings!==void 0?(i._$AI(e,i,t),t+=i.strings.length-2):i._$AI(e[t])),t++}},re=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,i,r){this.type=2,this._$AH=p,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=i,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=j(this,e,t),ie(e)?e===p||e==null||e===""?(this._$AH!==p&&this._$AR(),this._$AH=p):e!==this._$AH&&e!==F&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):xi(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==p&&ie(this._$AH)?this._$AA.nextSibling.data=e:this.T(I.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:i}=e,r=typeof i=="number"?this._$AC(e):(i.el===void 0&&(i.el=ne.createElement(Tt(i.h,i.h[0]),this.options)),i);if(this._$AH?._$AD===r)this._$AH.p(t);else{let s=new Fe(r,this),o=s.u(this.options);s.p(t),this.T(o),this._$AH=s}}_$AC(e){let t=_t.get(e.strings);return t===void 0&&_t.set(e.strings,t=new ne(e)),t}k(e){Ke(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,i,r=0;for(let s of e)r===t.length?t.push(i=new n(this.O(te()),this.O(te()),this,this.options)):i=t[r],i._$AI(s),r++;r<t.length&&(this._$AR(i&&i._$AB.nextSibling,r),t.length=r)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let i=yt(e).nextSibling;yt(e).remove(),e=i}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},q=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,i,r,s){this.type=1,this._$AH=p,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=s,i.length>2||i[0]!==""||i[1]!==""?(this._$AH=Array(i.length-1).fill(new String),this.strings=i):this._$AH=p}_$AI(e,t=this,i,r){let s=this.strings,o=!1;if(s===void 0)e=j(this,e,t,0),o=!ie(e)||e!==this._$AH&&e!==F,o&&(this._$AH=e);else{let a=e,c,d;for(e=s[0],c=0;c<s.length-1;c++)d=j(this,a[i+c],t,c),d===F&&(d=this._$AH[c]),o||=!ie(d)||d!==this._$AH[c],d===p?e=p:e!==p&&(e+=(d??"")+s[c+1]),this._$AH[c]=d}o&&!r&&this.j(e)}j(e){e===p?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Ve=class extends q{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===p?void 0:e}},Be=class extends q{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==p)}},je=class extends q{constructor(e,t,i,r,s){super(e,t,i,r,s),this.type=5}_$AI(e,t=this){if((e=j(this,e,t,0)??p)===F)return;let i=this._$AH,r=e===p&&i!==p||e.capture!==i.capture||e.once!==i.once||e.passive!==i.passive,s=e!==p&&(i===p||r);r&&this.element.removeEventListener(this.name,this,i),s&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},qe=class{constructor(e,t,i){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=i}get _$AU(){return this._$AM._$AU}_$AI(e){j(this,e)}};var _i=We.litHtmlPolyfillSupport;_i?.(ne,re),(We.litHtmlVersions??=[]).push("3.3.3");var Rt=(n,e,t)=>{let i=t?.renderBefore??e,r=i._$litPart$;if(r===void 0){let s=t?.renderBefore??null;i._$litPart$=r=new re(e.insertBefore(te(),s),s,void 0,t??{})}return r._$AI(n),r};var Ye=globalThis,R=class extends C{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Rt(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return F}};R._$litElement$=!0,R.finalized=!0,Ye.litElementHydrateSupport?.({LitElement:R});var Si=Ye.litElementPolyfillSupport;Si?.({LitElement:R});(Ye.litElementVersions??=[]).push("4.2.2");var S="lovato_dmed4";function ge(n,e){let t=new Map;for(let{entity_id:i,device_id:r,platform:s,translation_key:o}of Object.values(n.entities))r===e&&s===S&&o&&t.set(`${i.split(".",1).join()}.${o}`,i);return t}function Et(n,e,t){return n.states[e.get(t)??""]}function Pt(n){return n!==void 0&&n.state!=="unavailable"&&n.state!=="unknown"}var Ai={mW:1e-6,W:.001,kW:1,MW:1e3,µV:1e-6,mV:.001,V:1,kV:1e3,mA:.001,A:1,Wh:.001,kWh:1,MWh:1e3,GWh:1e6,J:1/36e5,kJ:1/3600,MJ:1/3.6,GJ:1e3/3.6};function ye(n,e=n?.state){let t=String(n?.attributes.unit_of_measurement),i=Number.parseFloat(e??"")*(Ai[t]??1);return Number.isFinite(i)?i:null}var Mt={comma_decimal:"en-US",decimal_comma:"de",space_comma:"fr",quote_decimal:"de-CH",system:void 0},Ct=new Map;function A(n,e,t){let{language:i,number_format:r}=t,s=`${i} ${r} ${e}`,o=Ct.get(s);if(!o){let a=r in Mt?Mt[r]:i;o=new Intl.NumberFormat(a,{minimumFractionDigits:e,maximumFractionDigits:e,useGrouping:r!=="none"}),Ct.set(s,o)}return o.format(Number(n.toFixed(e))||0)}function se(n){let e=Math.max(0,Math.floor(n)),t=i=>String(i%60).padStart(2,"0");return`${Math.floor(e/3600)}:${t(Math.floor(e/60))}:${t(e)}`}function ve(n,e,t=new Date){let{language:i,time_format:r,time_zone:s}=e.locale,o=s==="server"?{timeZone:e.config.time_zone}:{},a=new Intl.DateTimeFormat(i,{...o,dateStyle:"medium"}),d=new Intl.DateTimeFormat(r==="system"?void 0:i,{...o,timeStyle:"short",...r==="12"||r==="24"?{hour12:r==="12"}:{}}).format(n);return a.format(n)===a.format(t)?d:`${a.format(n)}, ${d}`}var E=g`button,select,input{box-sizing:border-box;min-height:44px;font:inherit;font-size:var(--ha-font-size-m);color:var(--primary-text-color)}button{display:inline-flex;align-items:center;justify-content:center;gap:8px;padding:0 16px;border:0;border-radius:var(--ha-border-radius-pill);background:color-mix(in srgb,currentColor 10%,transparent);font-weight:var(--ha-font-weight-medium);line-height:1.2;cursor:pointer;transition:background-color .12s}button:hover:not([disabled]){background:color-mix(in srgb,currentColor 20%,transparent)}button.start{background:var(--ha-color-fill-success-loud-resting);color:var(--ha-color-on-success-loud)}button.start:hover:not([disabled]){background:var(--ha-color-fill-success-loud-hover)}button.end{background:var(--ha-color-fill-danger-normal-resting);color:var(--ha-color-on-danger-normal)}button.end:hover:not([disabled]){background:var(--ha-color-fill-danger-normal-hover)}button[disabled]{cursor:default;opacity:.5}input,select{width:100%;padding:0 12px;border:0;border-bottom:1px solid var(--ha-color-border-neutral-normal);border-radius:var(--ha-border-radius-md) var(--ha-border-radius-md) 0 0;background:var(--ha-color-form-background)}input[type=checkbox]{flex:none;width:20px;min-height:20px;margin:0;accent-color:var(--primary-color)}option{background:var(--card-background-color)}[aria-invalid=true]{border-bottom-color:var(--error-color)}:focus-visible{outline:2px solid var(--primary-color);outline-offset:2px}.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`,Tn=g`dialog{box-sizing:border-box;width:min(440px,calc(100vw - 32px));max-height:calc(100dvh - 32px);padding:24px;border:0;border-radius:var(--ha-border-radius-3xl);background:var(--card-background-color);color:var(--primary-text-color);box-shadow:0 8px 32px #0000004d}dialog::backdrop{background:#0000007f}dialog h2{margin:0 0 8px;font-size:var(--ha-font-size-xl);font-weight:var(--ha-font-weight-medium)}dialog p{margin:0 0 16px;color:var(--secondary-text-color);line-height:1.5}dialog .buttons{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:8px;margin-top:24px}`;var zt="config_panel";function ki(n){return`component.${S}.${zt}.${n}`}function Ze(n){let e=(t,i)=>n.localize(ki(t),i);return e("card.action.start")?e:void 0}function Ht(n){n.loadBackendTranslation(zt,S).catch(()=>{}),n.loadBackendTranslation("exceptions",S).catch(()=>{})}async function $e(n,e){let{message:t,translation_domain:i,translation_key:r,translation_placeholders:s}=e??{};if(i&&r){let a=(await n.loadBackendTranslation("exceptions",i))(`component.${i}.exceptions.${r}.message`,s);if(a)return a}return t??Ze(n)?.("error.connection")??""}var Ti=1e3,_=class{value;error="";busy=!1;#e;#t=0;#i;constructor(e){this.#e=e,e.addController(this)}hostDisconnected(){clearTimeout(this.#i)}clear(){clearTimeout(this.#i),this.#t+=1,this.value=void 0,this.error="",this.busy=!1}async load(e,t,i={}){clearTimeout(this.#i),this.#t+=1;let r=this.#t;this.busy=!0,this.#e.requestUpdate();try{let s=await e.callWS({type:`${S}/${t}`,...i});if(r!==this.#t)return;this.value=s,this.error=""}catch(s){let o=await $e(e,s);if(r!==this.#t)return;if(s?.code==="unknown_command"){this.#i=setTimeout(()=>{this.load(e,t,i)},Ti);return}this.error=o}this.busy=!1,this.#e.requestUpdate()}};async function Ot(n,e){let t=e.includes("authSig=")?e:(await n.callWS({type:"auth/sign_path",path:e,expires:60})).path,i=document.createElement("a");i.href=n.hassUrl(t),i.download="",i.click()}var V={search:"",meter:"",since:"",until:"",verdict:""},oe={view:"sessions",session:0,filters:V,period:"day",page:1},Je=["valid","inconsistent","unverifiable","key_changed","invalid"],Ri=/^\d{4}-\d{2}-\d{2}$/,Ei=2**31-1;function be(n){return Object.values(n).some(e=>e!=="")}function Xe(n,e){let[t="",i=""]=n.split("/").filter(Boolean),r=new URLSearchParams(e),s=a=>{let c=r.get(a)??"";return Ri.test(c)&&!Number.isNaN(Date.parse(c))?c:""},o=t==="session"?Lt(i):0;return{view:o?"session":t==="verify"||t==="archive"?t:"sessions",session:o,filters:{search:r.get("search")??"",meter:r.get("meter")??"",since:s("since"),until:s("until"),verdict:Je.find(a=>a===r.get("verdict"))??""},period:r.get("period")==="month"?"month":"day",page:Lt(r.get("page")??"")||1}}function Lt(n){let e=/^\d+$/.test(n)?Number(n):0;return e<=Ei?e:0}function ae({view:n,session:e,filters:t,period:i,page:r}){let s=new URLSearchParams;if(n==="session")t.meter&&s.set("meter",t.meter);else if(n==="sessions"){for(let[c,d]of Object.entries(t))d&&s.set(c,d);i!=="day"&&s.set("period",i),r>1&&s.set("page",String(r))}let o={sessions:"",session:`/session/${e}`,verify:"/verify",archive:"/archive"},a=s.toString();return a?`${o[n]}?${a}`:o[n]}function xe(n,e){return{...e.length?{device_id:e}:{},...n.search.trim()?{search:n.search.trim()}:{},...n.since?{since:n.since}:{},...n.until?{until:le(n.until)}:{},...n.verdict?{verdict:[n.verdict]}:{}}}function le(n,e=1){let t=new Date(`${n}T00:00:00Z`);return t.setUTCDate(t.getUTCDate()+e),t.toISOString().slice(0,10)}var Pi=34;function Qe(n,e,t=!1){let i=`${n}${ae(e)}`;t?history.replaceState(history.state,"",i):history.pushState({fromList:Mi(n)&&e.view==="session"},"",i),window.dispatchEvent(new CustomEvent("location-changed",{detail:{replace:t}}))}function Mi(n){return window.location.pathname.replace(/\/$/,"")===n}var k=class extends R{static properties={hass:{attribute:!1},texts:{attribute:!1},info:{attribute:!1},place:{attribute:!1},base:{attribute:!1},revision:{attribute:!1},e:{state:!0},a:{state:!0}};#e=new ResizeObserver(([e])=>{e&&(this.a=Math.max(240,Math.round(e.contentRect.width)-Pi))});constructor(){super(),this.e="",this.a=720}connectedCallback(){super.connectedCallback(),this.#e.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.#e.disconnect()}href(e){return`${this.base}${ae({...this.place,...e})}`}go(e,t=!1){Qe(this.base,{...this.place,...e},t)}async save(e){this.e="";try{await Ot(this.hass,e)}catch(t){this.e=await $e(this.hass,t)}}shouldUpdate(e){let t=e.get("hass");return e.size>1||t?.locale!==this.hass.locale}};var w="–";function u(n,e,t){return n(`${e}.${t}`)||t}function x(n,e){return n===null?w:ve(new Date(n),e,new Date(0))}function we(n,e){return/^-?\d+(\.\d+)?$/.test(n)?A(Number(n),n.split(".")[1]?.length??0,e.locale):n}function z(n,e){return n===null?w:`${we(n,e)} kWh`}function W(n,e,t={dateStyle:"medium"}){return new Intl.DateTimeFormat(e.locale.language,{...t,timeZone:"UTC"}).format(new Date(`${n}T00:00:00Z`))}function K(n,e){return n===null?w:u(e,"identification_type",n.toLowerCase())}function Nt({identification:n},e){return n===null||n===""?e("panel.unidentified"):n}function Dt(n,e,t){let i=Object.fromEntries(n.values.map((r,s)=>[`value_${s+1}`,Ci(r,t)]));return e(`finding.${n.code}`,i)||n.code}function Ci(n,e){let[,t,i=""]=/^(-?\d+\.\d+)( \w+)?$/.exec(n)??[];return t===void 0?n:`${we(t,e)}${i}`}var zi={valid:["success","mdi:shield-check"],inconsistent:["warning","mdi:shield-alert-outline"],unverifiable:["neutral","mdi:shield-off-outline"],key_changed:["warning","mdi:key-alert-outline"],invalid:["danger","mdi:shield-remove"]},Hi={note:["neutral","mdi:information-outline"],warning:["warning","mdi:alert-outline"],error:["danger","mdi:alert-circle-outline"]};function N(n){return zi[n]??["neutral","mdi:shield-off-outline"]}function ce(n){let[e,t]=Hi[n];return l`<ha-icon class="tone ${e}" icon=${t}></ha-icon>`}function _e(n,e){let[t,i]=N(n);return l`<span class="chip ${t}"
><ha-icon icon=${i}></ha-icon>${u(e,"panel.verdict",n)}</span
>`}function y(n,e,t){return l`<div class="notice ${n}" role=${n==="danger"?"alert":"status"}>
<ha-icon icon=${e}></ha-icon>
<div>${t}</div>
</div>`}function H(n,e,t){return n.error?y("danger","mdi:alert-circle-outline",l`<p>${n.error}</p>
<button type="button" ?disabled=${n.busy} @click=${t}>
${e("panel.retry")}
</button>`):p}function P(n){return l`<div class="waiting" role="status">
<span class="visually-hidden">${n("panel.loading")}</span>
<i></i><i></i><i></i>
</div>`}function G(n){let e=n.filter(([,t])=>t!==null&&t!==""&&t!==p);return l`<dl>
${e.map(([t,i])=>l`<div>
<dt>${t}</dt>
<dd>${i}</dd>
</div>`)}
</dl>`}var Ut=g`.check{display:grid;grid-template-columns:1fr auto;align-items:center;gap:12px 24px}.check .wide{grid-column:1 / -1}.check .notice{margin:0}.progress{margin-top:12px}progress{width:100%;accent-color:var(--primary-color, #009ac7)}@container (max-width: 600px){.check{grid-template-columns:1fr}}`;var v=g`var(--secondary-text-color, #5e5e5e)`;var M=g`:host{display:block;color:var(--primary-text-color, #141414);font-size:var(--ha-font-size-m, 14px);line-height:1.5}.card{display:block;margin:0 0 16px;padding:16px;border:1px solid var(--ha-card-border-color, var(--divider-color, rgb(0 0 0 / 12%)));border-radius:var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));background:var(--ha-card-background, var(--card-background-color, #fff))}.card>header{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px 16px;margin-bottom:12px}h2,h3,h4,p,figure,ul{margin:0;padding:0}h2,h3{font-size:var(--ha-font-size-l, 16px);font-weight:var(--ha-font-weight-medium, 500)}h2.title{margin:4px 0 12px;font-size:var(--ha-font-size-2xl, 24px);font-weight:400;line-height:1.3}h4{margin:16px 0 4px;font-size:var(--ha-font-size-m, 14px);font-weight:var(--ha-font-weight-medium, 500)}a{color:inherit}ul{list-style:none}small,.quiet{color:${v};font-size:var(--ha-font-size-s, 12px)}code,pre{font-family:var(--ha-font-family-code, monospace);font-size:var(--ha-font-size-s, 12px)}code.long{overflow-wrap:anywhere}pre{max-height:240px;margin:8px 0;padding:12px;overflow:auto;border-radius:var(--ha-border-radius-md, 8px);background:var(--ha-color-form-background, #f3f3f3);white-space:pre-wrap;overflow-wrap:anywhere}.tone,.notice,.banner,.chip{--dmed4-fill: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);--dmed4-on: var(--primary-text-color, #141414)}.success{--dmed4-fill: var(--ha-color-fill-success-normal-resting, #c2f2c1);--dmed4-on: var(--ha-color-on-success-normal, #036730)}.warning{--dmed4-fill: var(--ha-color-fill-warning-normal-resting, #ffe0c8);--dmed4-on: var(--ha-color-on-warning-normal, #9d3800)}.danger{--dmed4-fill: var(--ha-color-fill-danger-normal-resting, #ffdedc);--dmed4-on: var(--ha-color-on-danger-normal, #b30532)}.tone{flex:none;color:var(--dmed4-on)}.tone.neutral{color:${v}}.chip{display:inline-flex;align-items:center;gap:6px;padding:3px 10px 3px 8px;border-radius:var(--ha-border-radius-pill, 9999px);background:var(--dmed4-fill);color:var(--dmed4-on);font-size:var(--ha-font-size-s, 12px);font-weight:var(--ha-font-weight-medium, 500);line-height:18px;white-space:nowrap}.chip ha-icon{--mdc-icon-size: 16px}.notice,.banner{display:flex;gap:12px;margin:0 0 16px;padding:12px 16px;border-radius:var(--ha-border-radius-lg, 12px);background:var(--dmed4-fill);color:var(--dmed4-on)}.notice>div{display:flex;flex:1;flex-wrap:wrap;align-items:center;gap:8px 16px;min-width:0;overflow-wrap:anywhere}.notice p{flex:1 1 200px}.notice button,.notice button:hover:not([disabled]){background:var(--card-background-color, #fff);color:var(--primary-text-color, #141414)}.banner{padding:16px}.banner>ha-icon{flex:none;--mdc-icon-size: 32px}.banner strong{font-size:var(--ha-font-size-xl, 20px);font-weight:var(--ha-font-weight-medium, 500);line-height:32px}.banner p{max-width:75ch;margin-top:4px}dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(190px,45%),1fr));gap:12px 24px;margin:0}*+h3{margin-top:16px}dt{color:${v};font-size:var(--ha-font-size-s, 12px)}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}dd small{display:block}dd b{font-size:var(--ha-font-size-xl, 20px);font-weight:var(--ha-font-weight-medium, 500);line-height:1.2}label>span{display:block;margin-bottom:4px;color:${v};font-size:var(--ha-font-size-s, 12px)}::placeholder{color:${v};opacity:1}button ha-icon{--mdc-icon-size: 20px}.downloads{display:flex;flex-wrap:wrap;gap:6px}.downloads button{gap:4px;padding:0 13px 0 9px}.parts>li,.keys>li{display:flex;gap:12px;padding:10px 0}.parts>li+li,.keys>li+li{border-top:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.parts>li>div,.keys>li>div{flex:1;min-width:0}.parts h4{margin:0}.parts p,.keys p{max-width:80ch}.deviations li{display:flex;gap:8px;padding:2px 0}.deviations ha-icon{--mdc-icon-size: 18px}summary{display:flex;align-items:center;gap:8px 12px;min-height:44px;cursor:pointer}summary:after{flex:none;width:8px;height:8px;margin-inline:auto 4px;border:solid ${v};border-width:0 2px 2px 0;content:"";transform:translateY(-2px) rotate(45deg)}[open]>summary:after{transform:translateY(2px) rotate(225deg)}summary::-webkit-details-marker{display:none}.raw>summary{color:${v}}.empty{padding:48px 16px;color:${v};text-align:center}.empty h2{margin:8px 0;color:var(--primary-text-color, #141414)}.empty p{max-width:60ch;margin:8px auto}.empty ha-icon{--mdc-icon-size: 48px}.waiting{display:grid;gap:12px;padding:8px 0}.waiting i{height:20px;border-radius:4px;background:var(--ha-color-fill-neutral-normal-resting, #e6e6e6);opacity:.6}.waiting i:nth-of-type(2){width:70%}.waiting i:nth-of-type(3){width:45%}@media(prefers-reduced-motion:no-preference){.waiting i{animation:wait 1s ease-in-out infinite alternate}@keyframes wait{to{opacity:.25}}}`;var Oi=50,Se=class extends k{static styles=[E,M,Ut];#e=new _(this);#t=new _(this);#i=-1;willUpdate(e){(e.has("revision")||!this.hasUpdated)&&this.#a()}#a=()=>{this.#t.load(this.hass,"records/list",{...this.#n(this.info.meters[0]),limit:Oi})};#n(e){let{meters:t}=this.info;return!e||t.every(({archive:i})=>i===e.archive)?{}:{device_id:t.flatMap(({archive:i,device_id:r})=>i===e.archive?r??[]:[])}}#r(e){this.#i=e.archive,this.#e.clear(),this.#e.load(this.hass,"archive/verify",this.#n(e))}render(){let{meters:e}=this.info,t=[...new Set(e.map(({archive:i})=>i))];return l`${t.map(i=>this.#s(e.filter(r=>r.archive===i)))}
${this.#d()}`}#s(e){let{texts:t}=this,[i]=e,{value:r,busy:s}=this.#e,o=this.#i===i?.archive;return l`
${e.map(a=>this.#l(a))}
<section class="card check">
<div>
<h2>${t("panel.archive.verify")}</h2>
<p class="quiet">${t("panel.archive.verify_hint")}</p>
</div>
<button
type="button"
?disabled=${s||!i?.available}
@click=${()=>{i&&this.#r(i)}}
>
<ha-icon icon="mdi:shield-sync-outline"></ha-icon>
${t(s&&o?"panel.archive.verifying":"panel.archive.verify_now")}
</button>
<div class="wide" role="status">
${o&&r?y(r.suspicious?"warning":"success",r.suspicious?"mdi:shield-alert-outline":"mdi:shield-check",t("panel.archive.verified",{records:r.records,suspicious:r.suspicious,failed:r.failed})):p}
${o&&this.#e.error?y("danger","mdi:alert-circle-outline",this.#e.error):p}
</div>
</section>
`}#l(e){let{texts:t,hass:i}=this,{sync:r}=e,s=c=>A(c,0,i.locale),o=ge(i,e.device_id??""),a=Pt(Et(i,o,"sensor.measurement_status"));return l`<section class="card">
<header>
<h2>
${e.device_id?l`<a href="/config/devices/device/${e.device_id}">${e.name}</a>`:e.name}
</h2>
</header>
${a?p:y("neutral","mdi:lan-disconnect",t("panel.archive.offline"))}
${e.available?p:y("warning","mdi:database-off-outline",t("panel.unavailable",{name:e.name,count:e.waiting}))}
${e.failed?y("danger","mdi:shield-remove",t("panel.archive.failed",{count:e.failed})):p}
${r.lost?y("danger","mdi:database-remove-outline",t("panel.archive.lost",{count:r.lost})):p}
${r.overwrites_soon?y("warning","mdi:database-alert-outline",t("panel.archive.overwrites_soon")):p}
${r.failed?y("warning","mdi:sync-alert",t("panel.archive.sync_failed")):p}
${G([[t("panel.archive.records"),l`<b>${s(e.records)}</b>`],[t("panel.archive.suspicious"),s(e.suspicious)],[t("panel.archive.missing"),r.missing===null?t("panel.archive.not_known"):s(r.missing)],[t("panel.archive.waiting"),e.waiting?s(e.waiting):null],[t("panel.archive.sync"),t(this.#p(e))]])}
${r.running?this.#o(e):p} ${this.#c(e)}
</section>`}#p({sync:e}){return e.running?"panel.archive.sync_running":e.missing===null?"panel.archive.sync_unknown":e.missing?"panel.archive.sync_behind":"panel.archive.sync_complete"}#o({name:e,sync:t}){let{texts:i}=this,r=t.fetched+(t.missing??0),s=i("panel.archive.progress",{fetched:t.fetched,all:r});return l`<div class="progress">
<progress aria-label=${e} max=${r||1} .value=${t.fetched}></progress>
<span>${s}</span>
</div>`}#c({keys:e}){let{texts:t,hass:i}=this;return l`<h3>${t("panel.archive.keys")}</h3>
${e.length?l`<ul class="keys">
${e.map(r=>l`<li>
<ha-icon
class="tone ${r.state==="changed"?"warning":r.state==="pinned"?"success":"neutral"}"
icon=${r.state==="changed"?"mdi:key-alert-outline":"mdi:key-outline"}
></ha-icon>
<div>
<p>${u(t,"key_state",r.state)}</p>
<p class="quiet">
${t("panel.archive.seen",{first:x(r.first_seen,i),last:x(r.last_seen,i)})}
</p>
<p class="quiet">
${t("panel.part.fingerprint")}
<code class="long">${r.fingerprint}</code>
</p>
<details class="raw">
<summary>${t("panel.public_key")}</summary>
<pre tabindex="0" aria-label=${t("panel.public_key")}>
${r.public_key}</pre>
</details>
</div>
</li>`)}
</ul>`:l`<p class="quiet">${t("panel.archive.no_keys")}</p>`}`}#d(){let{texts:e}=this,{value:t,error:i}=this.#t;return!t&&!i?P(e):t?.total===0?p:l`<section class="card" aria-labelledby="others">
<h2 id="others">${e("panel.others.title",{count:t?.total??0})}</h2>
<p class="quiet">${e("panel.others.hint")}</p>
${H(this.#t,e,this.#a)}
${this.e?y("danger","mdi:alert-circle-outline",this.e):p}
<ul class="keys">
${t?.records.map(r=>this.#h(r))}
</ul>
</section>`}#h(e){let{texts:t,hass:i}=this;return l`<li>
<div>
<p>
${e.pagination??w}, ${x(e.time??e.arrived,i)},
${e.meter??t("panel.gone")}
</p>
<p class="quiet">${u(t,"signature",e.signature)}</p>
</div>
<button
type="button"
aria-label="OCMF ${e.pagination??""}: ${t("panel.download.ocmf")}"
@click=${()=>{this.save(e.links.ocmf)}}
>
<ha-icon icon="mdi:download"></ha-icon>OCMF
</button>
</li>`}};var It=92,Li=30,Ni=12,et=5;function Ae(n,e=0,t=4){let i=Math.min(0,e),r=Math.max(0,n),s=(r-i)/t||1/t,o=10**Math.floor(Math.log10(s)),a=o*([1,2,2.5,5].find($=>$*o>=s*.999999)??10),c=Math.floor(i/a+1e-9),d=Math.max(Math.ceil(r/a-1e-9),c+1),m=Array.from({length:d-c+1},($,T)=>(c+T)*a),h=Math.max(0,-Math.floor(Math.log10(a))),f=Math.abs(a*10**h-Math.round(a*10**h))<1e-6;return{top:d*a,bottom:c*a,ticks:m,decimals:f?h:h+1}}function Ft(n,e,t){let i=n.until||(n.since>t?n.since:t),r=e==="day"?le(i,1-Li):tt(i,1-Ni),s=n.since&&n.since<=i?n.since:r,o=e==="day"&&le(s,It)<=i?"month":e,a=[],c=o==="day"?s:tt(s,0);for(let h=c;h<=i;h=o==="day"?le(h):tt(h,1))a.push(h);let d=a.slice(-It),[m=s]=d;return{period:o,starts:d,since:m>s?m:s,until:i}}function tt(n,e){let t=new Date(`${n.slice(0,7)}-01T00:00:00Z`);return t.setUTCMonth(t.getUTCMonth()+e),t.toISOString().slice(0,10)}function Vt(n,e){let t=n.series.slice(0,n.series.length>et?et-1:et),i=n.series.slice(t.length),r=[...t.map(a=>[a]),...i.length?[i]:[]],s=r.map(a=>{let c=new Map;for(let{buckets:d}of a)for(let{start:m,imported:h}of d)c.set(m,(c.get(m)??0)+Number(h));return c}),o=e.map(a=>{let c=s.map(d=>Math.max(0,d.get(a)??0));return{start:a,values:c,total:c.reduce((d,m)=>d+m,0)}});return{series:r.map(a=>({identification:a.length>1?void 0:a[0]?.identification,total:a.reduce((c,{imported:d})=>c+Number(d),0)})),bars:o,highest:Math.max(0,...o.map(({total:a})=>a))}}function Bt(n,e,t){let i=r=>r.toFixed(1);return n.map(({time:r,value:s},o)=>o?`H${i(e(r))}V${i(t(s))}`:`M${i(e(r))} ${i(t(s))}`).join("")}function jt(n,e,t,i){if(n.length<=2*i)return[...n];let r=new Map;for(let s of n){let o=Math.floor((s.time-e)/(t-e)*i);r.set(o,[...r.get(o)??[],s])}return[...r.values()].flatMap(s=>{let o=[...s].sort((c,d)=>c.value-d.value),a=[o[0],o.at(-1)].filter(c=>c!==void 0);return[...new Set(a)].sort((c,d)=>c.time-d.time)})}function qt(n,e,t){let r=1e3*([60,300,600,1800,3600,7200,14400,21600,43200,86400,172800,604800].find(a=>(e-n)/1e3/a<=t)??604800*4),s=new Date(n).getTimezoneOffset()*6e4,o=[];for(let a=Math.ceil((n-s)/r)*r+s;a<=e;a+=r)o.push(a);return o}var it=200,de=44,Wt=64,Di=22,nt=8;function Kt(n,e,t){let{text:i,hass:r}=t,s=Vt(n,e.starts),o=n.sessions===1?"panel.chart.summary_one":"panel.chart.summary",a=i(o,{energy:z(n.imported,r),sessions:n.sessions,since:W(e.since,r),until:W(e.until,r)});return l`<figure>
<figcaption>${a}</figcaption>
${n.sessions?l`${Ui(s,e,a,t)} ${Fi(s,t)}
${Vi(s,e,t)}`:l`<p class="quiet">${i("panel.chart.none")}</p>`}
</figure>`}function Ui({bars:n,highest:e},{period:t},i,{hass:r,width:s}){let o=Ae(e),a=it-nt-Di,c=f=>nt+a-f/o.top*a,d=(s-de)/n.length,m=Math.min(d*.72,48),h=Math.ceil(Wt/d);return l`<div class="plot">
<svg viewBox="0 0 ${s} ${it}" role="img" aria-label=${i}>
${o.ticks.map(f=>L`<line class="grid" x1=${de} x2=${s} y1=${c(f)} y2=${c(f)} />
<text class="tick" x=${de-8} y=${c(f)+4} text-anchor="end">${A(f,o.decimals,r.locale)}</text>`)}
${n.map(({start:f,values:$,total:T},B)=>{let b=de+B*d+(d-m)/2,pe=0;return L`<g class="bar">
<title>${Gt(f,t,r)}: ${A(T,2,r.locale)} kWh</title>
<rect class="hit" x=${de+B*d} y=${nt} width=${d} height=${a} />
${$.map((dt,di)=>{if(!dt)return p;let pi=c(pe);return pe+=dt,L`<rect class="series-${di}" x=${b} y=${c(pe)} width=${m} height=${Math.max(pi-c(pe),.5)} />`})}
${(n.length-1-B)%h?p:L`<text class="tick" x=${Math.min(b+m/2,s-Wt/3)} y=${it-4} text-anchor="middle">${Ii(f,t,r)}</text>`}
</g>`})}
</svg>
</div>`}function Ii(n,e,t){return W(n,t,e==="day"?{day:"numeric",month:"short"}:{month:"short",year:"2-digit"})}function Gt(n,e,t){return e==="day"?W(n,t,{dateStyle:"full"}):W(n,t,{month:"long",year:"numeric"})}function Yt(n,e){return n||e(n===void 0?"panel.chart.others":"panel.unidentified")}function Fi({series:n},{text:e,hass:t,search:i,onSearch:r}){return l`<ul class="legend">
${n.map(({identification:s,total:o},a)=>{let c=l`<i class="series-${a}"></i>
<span>${Yt(s,e)}</span>
<b>${A(o,1,t.locale)} kWh</b>`,d=i!==""&&i===s;return l`<li>
${s?l`<button
type="button"
aria-pressed=${String(d)}
@click=${()=>{r(d?"":s)}}
>
${c}
</button>`:l`<span class="item">${c}</span>`}
</li>`})}
</ul>`}function Vi({bars:n,series:e},{period:t},{text:i,hass:r}){let s=o=>o?A(o,2,r.locale):w;return l`<details class="numbers">
<summary>${i("panel.chart.table")}</summary>
<div class="scroll" tabindex="0" role="group" aria-label=${i("panel.chart.table")}>
<table>
<caption class="visually-hidden">
${i("panel.chart.caption")}
</caption>
<thead>
<tr>
<th scope="col">${i(`panel.chart.${t}`)}</th>
${e.map(({identification:o})=>l`<th scope="col" class="number">${Yt(o,i)}</th>`)}
<th scope="col" class="number">${i("panel.chart.total")}</th>
</tr>
</thead>
<tbody>
${n.filter(({total:o})=>o).reverse().map(({start:o,values:a,total:c})=>l`<tr>
<th scope="row">${Gt(o,t,r)}</th>
${a.map(d=>l`<td class="number">${s(d)}</td>`)}
<td class="number">${s(c)}</td>
</tr>`)}
</tbody>
</table>
</div>
</details>`}function Zt({filters:n,meters:e,text:t,onFilter:i,onSearch:r}){let s=o=>a=>{i({[o]:a.target.value})};return l`<form
class="filters"
role="search"
@submit=${o=>{o.preventDefault()}}
>
<label class="wide"
><span>${t("panel.filter.search")}</span>
<input
type="search"
name="search"
.value=${n.search}
placeholder=${t("panel.filter.search_hint")}
@input=${o=>{r(o.target.value)}}
/>
</label>
${e.length>1?l`<label
><span>${t("panel.filter.meter")}</span>
<select name="meter" @change=${s("meter")}>
<option value="" ?selected=${!n.meter}>
${t("panel.filter.all_meters")}
</option>
${e.map(({device_id:o,name:a})=>l`<option value=${o??""} ?selected=${o===n.meter}>
${a}
</option>`)}
</select>
</label>`:p}
<label
><span>${t("panel.filter.verdict")}</span>
<select name="verdict" @change=${s("verdict")}>
<option value="" ?selected=${!n.verdict}>${t("panel.filter.any_verdict")}</option>
${Je.map(o=>l`<option value=${o} ?selected=${o===n.verdict}>
${u(t,"panel.verdict",o)}
</option>`)}
</select>
</label>
${["since","until"].map(o=>l`<label
><span>${t(`panel.filter.${o}`)}</span>
<input type="date" name=${o} .value=${n[o]} @change=${s(o)} />
</label>`)}
${be(n)?l`<button
type="button"
class="reset"
@click=${()=>{i(V)}}
>
<ha-icon icon="mdi:filter-remove-outline"></ha-icon>${t("panel.filter.reset")}
</button>`:p}
</form>`}var Bi={previous:"mdi:chevron-left",next:"mdi:chevron-right"};function Xt(n,e){let{text:t,severalMeters:i}=e,{sessions:r,total:s,offset:o,limit:a}=n;if(!r.length)return l`<div class="empty">
<ha-icon icon="mdi:magnify-close"></ha-icon>
<p>${t("panel.list.none")}</p>
</div>`;let c=Math.floor(o/a)+1,d=t("panel.list.range",{first:o+1,last:o+r.length,total:s}),m=["begin","duration","energy","who",...i?["meter"]:[],"tariff","verdict"];return l`<table class="sessions" role="table" aria-labelledby="sessions">
<thead role="rowgroup">
<tr role="row">
${m.map(h=>l`<th
role="columnheader"
scope="col"
class=${h==="energy"||h==="duration"?"number":""}
>
${t(`panel.list.${h}`)}
</th>`)}
</tr>
</thead>
<tbody role="rowgroup">
${r.map(h=>ji(h,e))}
</tbody>
</table>
<nav class="paging" aria-label=${t("panel.list.pages")}>
<span aria-live="polite">${d}</span>
${Jt(c-1,c>1,"previous",e)}
${Jt(c+1,o+a<s,"next",e)}
</nav>`}function Jt(n,e,t,{text:i,onPage:r}){let s=i(`panel.list.${t}`);return l`<button
type="button"
class="icon"
aria-label=${s}
title=${s}
?disabled=${!e}
@click=${()=>{r(n)}}
>
<ha-icon icon=${Bi[t]}></ha-icon>
</button>`}function ji(n,{text:e,hass:t,severalMeters:i,hrefOf:r}){let{duration:s,tariff_text:o}=n,a=n.outcome==="open";return l`<tr role="row">
<td role="cell" class="begin">
<a href=${r(n)}
>${n.begin?x(n.begin,t):e("panel.list.no_time")}</a
>
</td>
<td role="cell" class="number duration">
${a?l`<span class="open">${e("panel.outcome.open")}</span>`:s===null?w:se(s)}
</td>
<td role="cell" class="number energy">
${a?w:z(n.imported,t)}
</td>
<td role="cell" class="who">
${Nt(n,e)}
${n.identification?l`<small>${K(n.identification_type,e)}</small>`:p}
</td>
${i?l`<td role="cell" class="meter">${n.meter??e("panel.gone")}</td>`:p}
<td role="cell" class="tariff">${o??w}</td>
<td role="cell" class="verdict">${_e(n.verdict,e)}</td>
</tr>`}var ke=g`:host{--dmed4-series-0: #3b82c4;--dmed4-series-1: #d9730d;--dmed4-series-2: #12938a;--dmed4-series-3: #a05cc8;--dmed4-series-4: #808080}figcaption{color:${v}}.plot{margin-top:8px;overflow:hidden}svg{display:block;width:100%;height:auto;overflow:visible}.grid{stroke:var(--divider-color, rgb(0 0 0 / 12%))}.tick{fill:${v};font-size:12px;font-variant-numeric:tabular-nums}`;var Qt=g`.filters{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));align-items:end;gap:12px;margin-bottom:16px}.filters .wide{grid-column:span 2}.filters input,.filters select{background:var(--card-background-color, #fff)}.icon{width:44px;padding:0}.switch{display:flex;border-radius:var(--ha-border-radius-pill, 9999px);background:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.switch button{background:none}[aria-pressed=true],[aria-pressed=true]:hover:not([disabled]){background:var(--ha-color-fill-primary-normal-resting, #dff3fc)!important}.numbers>summary{color:${v}}.sessions td{height:44px;vertical-align:middle}.sessions td:last-child,.sessions th:last-child{padding-inline-end:0}.sessions small{display:block;line-height:1.3}.sessions tbody tr{position:relative}.sessions tbody tr:hover{background:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.sessions a{text-decoration:none;white-space:nowrap}.sessions a:hover{text-decoration:underline}.sessions a:after{position:absolute;inset:0;content:""}.sessions a:focus-visible{outline:none}.sessions a:focus-visible:after{outline:2px solid var(--primary-color, #009ac7);outline-offset:-2px}.who,.tariff,.meter{max-width:220px;overflow-wrap:anywhere}.open{color:var(--ha-color-on-success-normal, #036730);font-weight:var(--ha-font-weight-medium, 500)}.paging{display:flex;align-items:center;justify-content:flex-end;gap:8px;margin-top:12px}.list[aria-busy=true] tbody{opacity:.6}.hit{fill:transparent}.bar:hover .hit{fill:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.series-0{fill:var(--dmed4-series-0);background:var(--dmed4-series-0)}.series-1{fill:var(--dmed4-series-1);background:var(--dmed4-series-1)}.series-2{fill:var(--dmed4-series-2);background:var(--dmed4-series-2)}.series-3{fill:var(--dmed4-series-3);background:var(--dmed4-series-3)}.series-4{fill:var(--dmed4-series-4);background:var(--dmed4-series-4)}.legend{margin-inline:-12px;display:flex;flex-wrap:wrap;gap:4px 8px;margin-top:8px}.legend button,.legend .item{display:inline-flex;align-items:center;gap:8px;min-height:44px;padding:0 12px;background:none;font-weight:400;overflow-wrap:anywhere}.legend i{flex:none;width:12px;height:12px;border-radius:3px}.legend b{font-weight:var(--ha-font-weight-medium, 500);white-space:nowrap}@container (max-width: 600px){.filters{grid-template-columns:1fr 1fr}.filters .wide{grid-column:1 / -1}}@container (max-width: 720px){.sessions,.sessions tbody{display:block}.sessions thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.sessions tbody tr{display:grid;grid-template-columns:1fr auto;align-items:center;gap:2px 12px;padding:12px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.sessions td{height:auto;max-width:none;padding:0;border:0}.sessions .begin{font-weight:var(--ha-font-weight-medium, 500)}.sessions .verdict{grid-area:1 / 2;justify-self:end}.sessions .energy{grid-area:2 / 2;font-weight:var(--ha-font-weight-medium, 500)}.sessions .who{grid-area:2 / 1}.sessions .duration{grid-area:3 / 2;color:${v}}.sessions .tariff,.sessions .meter{grid-column:1;color:${v};font-size:var(--ha-font-size-s, 12px)}}`;var Y=g`.scroll{overflow-x:auto}table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:8px 24px 8px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%));text-align:start;vertical-align:top}thead th{color:${v};font-size:var(--ha-font-size-s, 12px);font-weight:400;white-space:nowrap}tbody th{font-weight:400}.number{text-align:end;white-space:nowrap}`;var rt=25,qi=350,Te=class extends k{static styles=[E,M,Y,ke,Qt];#e=new _(this);#t=new _(this);#i="";#a;disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#a)}willUpdate(e){let t=JSON.stringify([this.place,this.#n]);t===this.#i&&!e.has("revision")||(this.#i=t,this.#s())}get#n(){let{meter:e}=this.place.filters;if(e)return[e];let{meters:t}=this.info;return t.every(({archive:i})=>i===t[0]?.archive)?[]:t.flatMap(({archive:i,device_id:r})=>i?[]:r??[])}get#r(){let e={timeZone:this.hass.config.time_zone},t=new Intl.DateTimeFormat("sv-SE",e).format(new Date);return Ft(this.place.filters,this.place.period,t)}updated(){let{value:e,busy:t}=this.#e,i=Math.ceil((e?.total??0)/rt);!t&&e?.sessions.length===0&&i&&i<this.place.page&&this.go({page:i},!0)}#s=()=>{let{filters:e,page:t}=this.place,i=xe(e,this.#n);this.#e.load(this.hass,"sessions/list",{...i,offset:(t-1)*rt,limit:rt});let{since:r,until:s,period:o}=this.#r,a=xe({...e,since:r,until:s},this.#n);this.#t.load(this.hass,"sessions/energy",{...a,period:o})};#l=(e,t=!1)=>{this.go({filters:{...this.place.filters,...e},page:1},t)};#p=e=>{clearTimeout(this.#a),this.#a=setTimeout(()=>{this.#l({search:e},!0)},qi)};#o(e){let t=this.#n,{meters:i}=this.info,{entry_id:r}=i.find(({device_id:a})=>a===t[0])??i[0]??{},s=new URLSearchParams;for(let[a,c]of Object.entries(xe(this.place.filters,t)))for(let d of[c].flat())s.append(a,String(d));let o=String(s)&&`?${s}`;this.save(`/api/${S}/${r??""}/sessions.${e}${o}`)}render(){let{texts:e,info:t}=this,r=this.#e.value?.total===0&&!be(this.place.filters);return l`
${t.meters.filter(({available:s})=>!s).map(({name:s,waiting:o})=>y("warning","mdi:database-off-outline",e("panel.unavailable",{name:s,count:o})))}
${r?this.#c():l`${this.#d()} ${this.#h()} ${this.#f()}`}
`}#c(){let{texts:e}=this;return l`<section class="empty card">
<ha-icon icon="mdi:ev-station"></ha-icon>
<h2>${e("panel.empty.title")}</h2>
<p>${e("panel.empty.hint")}</p>
</section>`}#d(){return Zt({filters:this.place.filters,meters:this.info.meters.filter(({device_id:e})=>e),text:this.texts,onFilter:this.#l,onSearch:this.#p})}#h(){let{texts:e}=this,t=this.#r,i=this.#t.value;return l`<section class="card" aria-labelledby="energy">
<header>
<h2 id="energy">${e("panel.chart.title")}</h2>
<div class="switch" role="group" aria-label=${e("panel.chart.by")}>
${["day","month"].map(r=>this.#u(r,t.period))}
</div>
</header>
${H(this.#t,e,this.#s)}
${i?.period===t.period?this.#m(i,t):P(e)}
</section>`}#m(e,t){return Kt(e,t,{text:this.texts,hass:this.hass,width:this.a,search:this.place.filters.search,onSearch:i=>{this.#l({search:i})}})}#u(e,t){return l`<button
type="button"
aria-pressed=${String(t===e)}
@click=${()=>{this.go({period:e},!0)}}
>
${this.texts(`panel.chart.${e}`)}
</button>`}#f(){let{texts:e}=this,{value:t,busy:i}=this.#e;return l`<section class="card list" aria-labelledby="sessions" aria-busy=${String(i)}>
<header>
<h2 id="sessions">${e("panel.list.title")}</h2>
${t?.total?l`<div class="downloads">
${["csv","zip"].map(r=>l`<button
type="button"
title=${e(`panel.download.all_${r==="csv"?"csv":"zip"}`)}
@click=${()=>{this.#o(r)}}
>
<ha-icon icon="mdi:download"></ha-icon>${r.toUpperCase()}
</button>`)}
</div>`:p}
</header>
${this.e?y("danger","mdi:alert-circle-outline",this.e):p}
${H(this.#e,e,this.#s)}
${t?this.#g(t):this.#e.error?p:P(e)}
</section>`}#g(e){return Xt(e,{text:this.texts,hass:this.hass,severalMeters:this.info.meters.length>1,hrefOf:t=>this.#y(t),onPage:t=>{this.go({page:t})}})}#y(e){let t=e.device_id??this.place.filters.meter;return this.href({view:"session",session:e.session_id,filters:{...V,meter:t||(this.#n[0]??"")}})}};function ei(n,e,t){return!n||n==="0.1.0"?p:t(l`<p>${e("panel.outdated")}</p>
<button
type="button"
@click=${()=>{window.location.reload()}}
>
${e("panel.reload")}
</button>`)}var ti=g`:host{display:flex;flex-direction:column;height:100dvh;background:var(--primary-background-color, #fafafa)}.bar{display:flex;flex:none;align-items:center;height:var(--header-height, 56px);padding:var(--safe-area-inset-top, 0) calc(12px + var(--safe-area-inset-right, 0px)) 0 calc(12px + var(--safe-area-inset-left, 0px));background:var(--app-header-background-color, #009ac7);color:var(--app-header-text-color, #fff)}h1{margin:0 0 0 8px;overflow:hidden;font-size:var(--ha-font-size-xl, 20px);font-weight:400;text-overflow:ellipsis;white-space:nowrap}.tabs{display:flex;flex:none;gap:4px;padding:0 calc(12px + var(--safe-area-inset-right, 0px)) 0 calc(12px + var(--safe-area-inset-left, 0px));overflow-x:auto;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%));background:var(--card-background-color, #fff)}.tabs a{display:inline-flex;flex:none;align-items:center;gap:8px;min-height:48px;padding:0 12px;border-bottom:3px solid transparent;color:${v};font-weight:var(--ha-font-weight-medium, 500);text-decoration:none}.tabs a:hover,.tabs a[aria-current]{color:var(--primary-text-color, #141414)}.tabs a[aria-current]{border-bottom-color:var(--primary-color, #009ac7)}.tabs a:focus-visible{outline-offset:-4px}.tabs ha-icon{--mdc-icon-size: 20px}main{flex:1;overflow-y:auto;container-type:inline-size}.content{box-sizing:border-box;max-width:1120px;margin:0 auto;padding:16px calc(16px + var(--safe-area-inset-right, 0px)) calc(32px + var(--safe-area-inset-bottom, 0px)) calc(16px + var(--safe-area-inset-left, 0px))}`;var Wi=new Set(["record","last_session_end","last_session_verdict","records_archived","records_failed","records_missing","logbook_progress","measurement_status"]),Ki=5e3,Gi=[["sessions","mdi:format-list-bulleted"],["verify","mdi:shield-search"],["archive","mdi:database-outline"]],Re=class extends R{static properties={hass:{attribute:!1},narrow:{type:Boolean,reflect:!0},route:{attribute:!1},d:{state:!0},i:{state:!0},n:{state:!0}};static styles=[E,M,ti];#e=new _(this);#t="";#i="";#a;#n;constructor(){super(),this.narrow=!1,this.i=oe,this.n=0}get#r(){return this.route?.prefix??""}connectedCallback(){super.connectedCallback(),window.addEventListener("location-changed",this.#s),window.addEventListener("popstate",this.#s),this.#a=setInterval(()=>{this.i.view==="archive"&&document.visibilityState==="visible"&&this.#o()},Ki),this.#s()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("location-changed",this.#s),window.removeEventListener("popstate",this.#s),clearInterval(this.#a),this.#n?.removeEventListener("ready",this.#l),this.#n=void 0}#s=()=>{let{pathname:e,search:t}=window.location;!this.route||!e.startsWith(this.#r)||(this.i=Xe(e.slice(this.#r.length),t))};#l=()=>{this.n+=1};willUpdate(e){let{hass:t}=this;if(!t)return;let i=e.get("hass");t.language!==this.#t&&(this.#t=t.language,Ht(t)),i?.localize!==t.localize&&(this.d=Ze(t)),e.has("route")&&this.#s(),t.connection!==this.#n&&(this.#n?.removeEventListener("ready",this.#l),this.#n=t.connection,t.connection.addEventListener("ready",this.#l)),i?.states!==t.states&&this.#p(t),(e.has("n")||e.has("hass")&&!i)&&this.#o()}#p(e){let t=Object.values(e.entities).filter(({platform:i,translation_key:r})=>i===S&&Wi.has(r??"")).map(({entity_id:i})=>e.states[i]?.state).join();t!==this.#i&&(this.#i&&(this.n+=1),this.#i=t)}#o=()=>{this.hass&&this.#e.load(this.hass,"archive/info")};#c=()=>{this.n+=1};#d=e=>{if(e.defaultPrevented||e.button||e.ctrlKey||e.metaKey||e.shiftKey)return;let t=e.composedPath().find(o=>o instanceof HTMLAnchorElement);if(!t||t.target)return;let{origin:i,pathname:r,search:s}=new URL(t.href);i!==window.location.origin||!Yi(r,this.#r)||(e.preventDefault(),Qe(this.#r,Xe(r.slice(this.#r.length),s)),this.renderRoot.querySelector("main")?.scrollTo(0,0))};render(){let{hass:e,d:t}=this;return!e||!t?l`<div class="bar"></div>`:l`
<div class="bar">
<ha-menu-button .hass=${e} .narrow=${this.narrow}></ha-menu-button>
<h1>${t("panel.title")}</h1>
</div>
<nav class="tabs" aria-label=${t("panel.title")} @click=${this.#d}>
${Gi.map(([i,r])=>this.#h(i,r,t))}
</nav>
<main @click=${this.#d}>
<div class="content">${this.#m(e,t)}</div>
</main>
`}#h(e,t,i){let r=this.i.view==="session"?"sessions":this.i.view,s=ae({...oe,view:e});return l`<a href="${this.#r}${s}" aria-current=${r===e?"page":p}>
<ha-icon icon=${t}></ha-icon>
<span>${i(`panel.tab.${e}`)}</span>
</a>`}#m(e,t){let i=this.#e.value;return l`
${ei(i?.version,t,r=>y("neutral","mdi:update",r))}
${H(this.#e,t,this.#c)}
${i?this.#u(e,t,i):this.#e.error?p:P(t)}
`}#u(e,t,i){if(!i.meters.length)return l`<section class="empty card">
<ha-icon icon="mdi:lan-disconnect"></ha-icon>
<h2>${t("panel.no_meter.title")}</h2>
<p>${t("panel.no_meter.hint")}</p>
<button type="button" @click=${this.#c}>${t("panel.retry")}</button>
</section>`;let{i:r,n:s}=this,o=this.#r;switch(r.view){case"session":return l`<dmed4-session-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${r}
.base=${o}
.revision=${s}
></dmed4-session-page>`;case"verify":return l`<dmed4-verify-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${r}
.base=${o}
.revision=${s}
></dmed4-verify-page>`;case"archive":return l`<dmed4-archive-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${r}
.base=${o}
.revision=${s}
></dmed4-archive-page>`;case"sessions":return l`<dmed4-overview-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${r}
.base=${o}
.revision=${s}
></dmed4-overview-page>`}}};function Yi(n,e){return n===e||n.startsWith(`${e}/`)}async function ii(n,e,t,i){try{let s=(await n.callWS({type:"history/history_during_period",start_time:new Date(t*1e3).toISOString(),...i?{end_time:new Date(i*1e3).toISOString()}:{},entity_ids:[e],minimal_response:!0,no_attributes:!0,significant_changes_only:!1}))[e]??[];return s.flatMap(({s:o,lu:a},c)=>{let d=ye(n.states[e],o);return d===null?[]:{from:a,to:s[c+1]?.lu??null,value:d}})}catch{return[]}}var Zi=3e5,Ji=36e5;async function ri(n,e,t,i){let r=await ii(n,e,t/1e3,i/1e3);if(r.length){let s=r.map(({from:o,value:a})=>({time:Math.max(o*1e3,t),value:a}));return ni(s,i)}for(let[s,o]of[["5minute",Zi],["hour",Ji]]){let c=(await Xi(n,e,t,i,s)).flatMap(({start:d,mean:m})=>{let h=m===null?null:ye(n.states[e],String(m));return h===null?[]:{time:Math.max(d,t),value:h}});if(c.length)return ni(c,Math.min(i,(c.at(-1)?.time??i)+o))}return[]}function ni(n,e){let t=n.at(-1);return t&&t.time<e?[...n,{...t,time:e}]:[...n]}async function Xi(n,e,t,i,r){try{return(await n.callWS({type:"recorder/statistics_during_period",start_time:new Date(t).toISOString(),end_time:new Date(i).toISOString(),statistic_ids:[e],period:r,types:["mean"]}))[e]??[]}catch{return[]}}function Z(n,e,t){return l`<li>
${n}
<div>
<h4>${e}</h4>
${t}
</div>
</li>`}var Qi={valid:"valid",invalid:"invalid"},en={changed:"warning",none:"warning"};function st(n){return l`<ha-icon class="tone ${n[0]}" icon=${n[1]}></ha-icon>`}var tn=["success","mdi:check-circle-outline"];function Ee(n){return n?ce(n):st(tn)}function ot({quality:n,billable:e,reason:t,informative:i},r){return Z(Ee(e?void 0:"note"),r("panel.part.clock"),l`<p>${t?u(r,"time_reason",t):u(r,"clock",n)}</p>
${i?l`<p class="quiet">${r("transparency_time.informative")}</p>`:p}`)}function at({accepted:n,refusal:e},t){return Z(Ee(n?void 0:"note"),t("panel.part.transparency"),l`<p>${u(t,"refusal",e??"accepted")}</p>`)}function Pe(n,e){let{signature:t,key:i,deviations:r}=n;if(!n.legible)return nn(n,e);let s=t.verdict==="valid",o=r.filter(({severity:a})=>a!=="note");return l`<ul class="parts">
${Z(st(N(Qi[t.verdict]??"unverifiable")),e("panel.part.signature"),l`<p>${u(e,"signature",t.verdict)}</p>
<p class="quiet">
${u(e,"signature_reason",t.reason)}
${t.algorithm?l`<code>${t.algorithm}</code>`:p}
</p>`)}
${Z(Ee(s?i.verdict==="given"?"note":en[i.verdict]:"note"),e("panel.part.key"),l`<p>${u(e,"key",i.verdict)}</p>
${i.fingerprint?l`<p class="quiet">
${e("panel.part.fingerprint")} <code class="long">${i.fingerprint}</code>
</p>`:p}`)}
${ot(n.clock,e)}
${Z(Ee(o.length?"warning":s?void 0:"note"),e("panel.part.format"),r.length?l`<ul class="deviations">
${r.map(({code:a,path:c,severity:d})=>l`<li>
${ce(d)}
<span>${u(e,"deviation",a)} <code>${c}</code></span>
</li>`)}
</ul>`:l`<p>${e("panel.part.conforms")}</p>`)}
${at(n.transparency,e)}
</ul>`}function nn({signature:n},e){return l`<ul class="parts">
${Z(st(N("unverifiable")),e("panel.part.signature"),l`<p>${u(e,"signature",n.verdict)}</p>
<p class="quiet">${u(e,"signature_reason",n.reason)}</p>`)}
</ul>`}function Me(n,e,t){let i={B:e("panel.kind.begin"),E:e("panel.kind.end"),r:e("panel.kind.end"),L:e("panel.kind.end"),R:e("panel.kind.end"),C:e("panel.kind.intermediate"),S:e("panel.kind.intermediate"),T:e("panel.kind.intermediate"),X:e("panel.kind.intermediate"),P:e("panel.kind.power_failure")};return n.readings.length?l`<div
class="scroll"
tabindex="0"
role="group"
aria-label=${e("panel.readings.title")}
>
<table>
<caption class="visually-hidden">
${e("panel.readings.title")}
</caption>
<thead>
<tr>
${["time","transaction","register","value","status"].map(r=>l`<th scope="col" class=${r==="value"?"number":""}>
${e(`panel.readings.${r}`)}
</th>`)}
</tr>
</thead>
<tbody>
${n.readings.map(r=>l`<tr>
<td>${x(r.time,t)}</td>
<td>
${r.transaction?i[r.transaction]??r.transaction:w}
</td>
<td>
${r.name?u(e,"register",r.name):p}
<small><code>${r.register??w}</code></small>
</td>
<td class="number">
${r.value===null?w:we(r.value,t)}
${r.unit??""}
</td>
<td>
${r.status===null?w:u(e,"reading_status",r.status.toLowerCase())}
${r.error_flags?l`<code>${r.error_flags}</code>`:p}
</td>
</tr>`)}
</tbody>
</table>
</div>`:l`<p class="quiet">${e("panel.readings.none")}</p>`}function Ce(n,e,t){let{meter:i,identification:r}=n;return G([[e("panel.fact.pagination"),n.pagination],[e("panel.fact.identification"),r.data===null?null:l`${r.data}
<small>${K(r.type,e)}</small>`],[e("panel.fact.level"),lt(r.level,e)],[e("panel.fact.flags"),r.flags.join(", ")],[e("panel.fact.tariff"),n.tariff_text],[e("panel.fact.charge_point"),n.charge_point],[e("panel.fact.made_by"),[i.vendor,i.model].filter(Boolean).join(" ")],[e("panel.fact.serial_number"),i.serial_number??i.gateway_serial_number],[e("panel.fact.firmware"),i.firmware],[e("panel.fact.format_version"),n.format_version],[e("panel.fact.source"),n.source?u(e,"source",n.source):null],[e("panel.fact.arrived"),n.arrived?x(n.arrived,t):null],[e("panel.fact.verified"),n.verified?x(n.verified,t):null],[e("panel.fact.digest"),l`<code class="long">${n.digest}</code>`]])}function lt(n,e){return n===null?null:u(e,"identification_level",n.toLowerCase())}function ze(n,e){return l`<details class="raw">
<summary>${e("panel.raw")}</summary>
<pre tabindex="0" aria-label=${e("panel.raw")}>${n.raw}</pre>
${n.key.public_key?l`<h4>${e("panel.public_key")}</h4>
<pre tabindex="0" aria-label=${e("panel.public_key")}>${n.key.public_key}</pre>`:p}
</details>`}var si=g`.back{display:inline-flex;align-items:center;gap:8px;min-height:44px;text-decoration:none}.back:hover{text-decoration:underline}.records>h3{margin:24px 0 8px}.record{padding:4px 16px}.record[open]{padding-bottom:16px}.record>summary{flex-wrap:wrap}.record .name{font-weight:var(--ha-font-weight-medium, 500)}.record .chip{margin-inline-start:auto}.record>summary:after{margin-inline:0 4px}.line{fill:none;stroke:var(--dmed4-series-0);stroke-linejoin:round;stroke-width:2}.area{fill:var(--dmed4-series-0);opacity:.15}`;var oi=new Set(["open","end_missing"]),ct=180,He=44,rn=22,ai=8,Oe=class extends k{static properties={...k.properties,c:{state:!0}};static styles=[E,M,Y,ke,si];#e=new _(this);#t=0;#i="";willUpdate(e){let{session:t}=this.place;t===this.#t&&!e.has("revision")||(t!==this.#t&&(this.#e.clear(),this.c=void 0,this.#i=""),this.#t=t,this.#a())}updated(){let e=this.#e.value;if(!e)return;let{device_id:t,begin:i,end:r}=e,s=JSON.stringify([t,i,r]);s!==this.#i&&(this.#i=s,this.#n(e))}#a=()=>{let{filters:e,session:t}=this.place;this.#e.load(this.hass,"sessions/get",{session_id:t,...e.meter?{device_id:[e.meter]}:{}})};async#n({device_id:e,begin:t,end:i,outcome:r}){let{hass:s}=this,o=ge(s,e??"").get("sensor.power"),a=Date.parse(t??""),c=r==="open"?Date.now():Date.parse(i??""),d=o!==void 0&&c>a;this.c=d?await ri(s,o,a,c):[]}render(){let{texts:e}=this,{value:t,error:i}=this.#e;return l`
<a class="back" href=${this.base} @click=${this.#r}>
<ha-icon icon="mdi:arrow-left"></ha-icon>${e("panel.session.back")}
</a>
${H(this.#e,e,this.#a)}
${this.e?y("danger","mdi:alert-circle-outline",this.e):p}
${t?this.#s(t):i?p:P(e)}
`}#r=e=>{e.ctrlKey||e.metaKey||e.shiftKey||(e.preventDefault(),e.stopPropagation(),history.state?.fromList?history.back():this.go(oe))};#s(e){let{texts:t,hass:i}=this,[r,s]=N(e.verdict),o=e.begin?t("panel.session.title",{begin:x(e.begin,i)}):t("panel.session.untimed");return l`
<h2 class="title">${o}</h2>
<div class="banner ${r}">
<ha-icon icon=${s}></ha-icon>
<div>
<strong>${u(t,"panel.verdict",e.verdict)}</strong>
<p>${u(t,"verdict",e.verdict)}</p>
<p>${u(t,"outcome",e.outcome)}</p>
</div>
</div>
<section class="card" aria-labelledby="about">
<header>
<h3 id="about">${t("panel.session.about")}</h3>
<div class="downloads">${this.#p(e)}</div>
</header>
${this.#l(e)}
</section>
${this.#d(e)}
<section class="card" aria-labelledby="findings">
<h3 id="findings">${t("panel.session.findings")}</h3>
<ul class="parts">
${e.findings.map(a=>l`<li>
${ce(a.severity)}
<div><p>${Dt(a,t,i)}</p></div>
</li>`)}
${e.findings.length?p:l`<li>
<ha-icon class="tone success" icon="mdi:check-circle-outline"></ha-icon>
<div><p>${t("panel.session.no_findings")}</p></div>
</li>`}
${ot(e.clock,t)} ${at(e.transparency,t)}
</ul>
</section>
<section class="records" aria-labelledby="records">
<h3 id="records">
${t("panel.session.records",{count:e.record_reports.length})}
</h3>
${e.record_reports.map((a,c)=>this.#c(a,c===e.record_reports.length-1))}
</section>
`}#l(e){let{texts:t,hass:i}=this,{device_id:r,duration:s,exported:o,identification:a}=e,c=e.meter??t("panel.gone");return G([[t("panel.fact.energy"),l`<b>${z(e.imported,i)}</b>`],[t("panel.fact.exported"),Number(o)?z(o,i):null],[t("panel.fact.begin"),x(e.begin,i)],[t(oi.has(e.outcome)?"panel.fact.last_known":"panel.fact.end"),x(e.end,i)],[t("panel.fact.duration"),s===null||oi.has(e.outcome)?null:se(s)],[t("panel.fact.identification"),a?l`${a}
<small>${K(e.identification_type,t)}</small>`:t("panel.unidentified")],[t("panel.fact.level"),lt(e.identification_level,t)],[t("panel.fact.tariff"),e.tariff_text],[t("panel.fact.charge_point"),e.charge_point],[t("panel.fact.meter"),r?l`<a href="/config/devices/device/${r}">${c}</a>`:c]])}#p({links:e}){let{texts:t}=this,i=r=>e.ocmf.replace(/\.ocmf$/,`.${r}`);return[this.#o("XML",e.xml,t("panel.download.xml")),this.#o("OCMF",e.ocmf,t("panel.download.ocmf")),this.#o("CSV",i("csv"),t("panel.download.csv")),this.#o("ZIP",i("zip"),t("panel.download.zip")),this.#o("OCPI",e.ocpi,t("panel.download.ocpi")),this.#o("OCPP",e.ocpp,t("panel.download.ocpp"))]}#o(e,t,i){return l`<button
type="button"
title=${i}
?disabled=${t===null}
@click=${()=>{this.save(t??"")}}
>
<ha-icon icon="mdi:download"></ha-icon>${e}
</button>`}#c(e,t){let{texts:i,hass:r}=this;return l`<details class="card record" ?open=${t}>
<summary>
<span class="name"
>${u(i,"panel.kind",e.kind)}
<small>${e.pagination??""}</small></span
>
${_e(e.verdict,i)}
</summary>
${Pe(e,i)}
<h4>${i("panel.readings.title")}</h4>
${Me(e,i,r)}
<h4>${i("panel.session.contents")}</h4>
${Ce(e,i,r)} ${ze(e,i)}
<div class="downloads">
${this.#o("OCMF",e.links.ocmf,i("panel.download.ocmf"))}
${this.#o("XML",e.links.xml,i("panel.download.xml"))}
</div>
</details>`}#d(e){let{texts:t,c:i}=this;return l`<section class="card" aria-labelledby="power">
<h3 id="power">${t("panel.session.power")}</h3>
${i===void 0?P(t):i.length?this.#h(i,e):l`<p class="quiet">${t("panel.session.no_power")}</p>`}
</section>`}#h(e,t){let{texts:i,hass:r,a:s}=this,o=Date.parse(t.begin??""),a=e.at(-1)?.time??o,c=e.map(({value:b})=>b),d=Math.max(...c),m=Ae(d,Math.min(...c),3),h=ct-ai-rn,f=b=>He+(b-o)/(a-o||1)*(s-He-8),$=b=>ai+(m.top-b)/(m.top-m.bottom)*h,T=Bt(jt(e,o,a,s/2),f,$),B=i("panel.session.power_summary",{highest:A(d,1,r.locale),duration:se((a-o)/1e3)});return l`<figure>
<figcaption>${B}</figcaption>
<div class="plot">
<svg viewBox="0 0 ${s} ${ct}" role="img" aria-label=${B}>
${m.ticks.map(b=>L`<line class="grid" x1=${He} x2=${s} y1=${$(b)} y2=${$(b)} />
<text class="tick" x=${He-8} y=${$(b)+4} text-anchor="end">${A(b,m.decimals,r.locale)}</text>`)}
${qt(o,a,Math.floor(s/90)).map(b=>L`<text class="tick" x=${f(b)} y=${ct-4} text-anchor="middle">${ve(new Date(b),r,new Date(b))}</text>`)}
<path class="area" d="${T}V${$(0)}H${f(e[0]?.time??o)}Z" />
<path class="line" d=${T} />
</svg>
</div>
</figure>`}};var li=g`textarea{display:block;box-sizing:border-box;width:100%;padding:12px;resize:vertical;border:0;border-bottom:1px solid var(--ha-color-border-neutral-normal, #7a7a7a);border-radius:var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;background:var(--ha-color-form-background, #f3f3f3);color:var(--primary-text-color, #141414);font-family:var(--ha-font-family-code, monospace);font-size:var(--ha-font-size-s, 12px);line-height:1.5}.verify{display:grid;gap:16px;margin:16px 0 0}.verify button{justify-self:start}.verify+.notice{margin:16px 0 0}`;var ci=2*1024*1024,Le=class extends k{static properties={...k.properties,e:{state:!0}};static styles=[E,M,Y,li];#e=new _(this);constructor(){super(),this.e=""}#t=async e=>{e.preventDefault();let t=new FormData(e.target),[i="",r=""]=["record","public_key"].map(s=>{let o=t.get(s);return typeof o=="string"?o:""});this.#e.clear(),await this.#e.load(this.hass,"records/verify",{record:i.trim(),...r.trim()?{public_key:r.trim()}:{}}),await this.updateComplete,this.renderRoot.querySelector("#result")?.focus()};#i=e=>{let t=e.target;this.#n(t.files?.[0]),t.value=""};#a=e=>{let t=e.dataTransfer?.files[0];t&&(e.preventDefault(),this.#n(t))};async#n(e){let t=this.renderRoot.querySelector("textarea[name=record]");if(!e||!t)return;let i=e.size>ci;this.e=i?this.texts("panel.verify.too_large",{size:String(ci/1024/1024)}):"",!i&&(t.value=await e.text(),t.form?.requestSubmit())}render(){let{texts:e}=this,{value:t,error:i,busy:r}=this.#e,s=this.e||i;return l`
<section class="card" aria-labelledby="verify">
<h2 id="verify">${e("panel.verify.title")}</h2>
<p>${e("panel.verify.hint")}</p>
<form class="verify" @submit=${this.#t}>
<label
><span>${e("panel.verify.record")}</span>
<textarea
name="record"
rows="6"
required
spellcheck="false"
autocomplete="off"
placeholder="OCMF|{…}|{…}"
@drop=${this.#a}
></textarea>
</label>
<label
><span>${e("panel.verify.choose")}</span>
<input type="file" accept=".ocmf,.xml,.json,.txt,text/*" @change=${this.#i} />
</label>
<label
><span>${e("panel.verify.key")}</span>
<textarea name="public_key" rows="2" spellcheck="false" autocomplete="off"></textarea>
<small>${e("panel.verify.key_hint")}</small>
</label>
<button class="start" ?disabled=${r}>
<ha-icon icon="mdi:shield-search"></ha-icon>
${e(r?"panel.verify.busy":"panel.verify.submit")}
</button>
</form>
${s?y("danger","mdi:alert-circle-outline",s):p}
</section>
${t?this.#r(t):p}
`}#r(e){let t=e.records.length?e.records:[e];return l`<div id="result" tabindex="-1">
${t.length>1?l`<p>${this.texts("panel.verify.found",{count:String(t.length)})}</p>`:p}
${t.map(i=>this.#s(i))}
</div>`}#s(e){let{texts:t,hass:i}=this,[r,s]=N(e.verdict);return l`<div class="banner ${r}">
<ha-icon icon=${s}></ha-icon>
<div>
<strong role="heading" aria-level="3"
>${u(t,"panel.verdict",e.verdict)}</strong
>
${e.legible?this.#l(e):p}
</div>
</div>
<section class="card">
${Pe(e,t)}
${e.legible?l`<h4>${t("panel.readings.title")}</h4>
${Me(e,t,i)}
<h4>${t("panel.session.contents")}</h4>
${Ce(e,t,i)}`:p}
${ze(e,t)}
</section>`}#l(e){let{texts:t,hass:i,info:r}=this,s=r.meters.find(({device_id:d})=>d===e.device_id),o={...V,meter:e.device_id??""},a=z(e.imported,i),c=x(e.begin,i);return l`<p>
${e.identification.data??t("panel.unidentified")} ·
${e.end===null?t("panel.verify.summary_open",{energy:a,begin:c}):t("panel.verify.summary",{energy:a,begin:c,end:x(e.end,i)})}
</p>
${e.signature.verdict==="valid"?l`<p>
${s?t("panel.verify.of_meter",{meter:s.name}):t("panel.verify.of_nobody")}
</p>`:p}
<p>
${e.record_id===null?t("panel.verify.not_archived"):t("panel.verify.archived")}
${e.session_id===null?p:l`<a href=${this.href({view:"session",session:e.session_id,filters:o})}
>${t("panel.verify.open")}</a
>`}
</p>`}};function J(n,e){return customElements.get(n)?!1:(customElements.define(n,e),!0)}J("dmed4-archive-page",Se);J("dmed4-overview-page",Te);J("dmed4-session-page",Oe);J("dmed4-verify-page",Le);J("lovato-dmed4-panel",Re);
